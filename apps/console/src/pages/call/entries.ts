import { beganAt, type Speech, type Story, type Turn } from './story.ts'

/** A line of the transcript: what was said, done or went wrong, with a name that stays while the call goes on. */
export type Entry = { readonly id: string; readonly atMs: number } & (
  | { readonly kind: 'turn'; readonly turn: Turn; readonly index: number; readonly isKept: boolean }
  | { readonly kind: 'speech'; readonly speech: Speech }
  | { readonly kind: 'tool'; readonly tool: NonNullable<Story['tools']>[number] }
  | { readonly kind: 'transfer'; readonly transfer: NonNullable<Story['transfers']>[number] }
  | { readonly kind: 'problem'; readonly problem: Story['problems'][number] }
  | { readonly kind: 'note'; readonly text: string }
)

/** A turn and its speech are noticed within this time of one another (ms). */
const SAME_MS = 50

/** Everything of a call in order of time. */
export const entriesOf = (story: Story): readonly Entry[] => {
  const speech = story.speech ?? []
  const startedAt = Date.parse(story.startedAt)
  const said = story.turns.filter(({ speaker }) => speaker === 'caller').map(beganAt)
  const turns = story.turns.map((turn, index): Entry => {
    // What was never heard has its place where it was said, not where it would have been played.
    const atMs = turn.cut && turn.heardMs === 0 ? Math.min(turn.atMs, beganAt(turn)) : beganAt(turn)
    const own = turn.speaker === 'caller' && speech.find((each) => Math.abs(each.startedMs - atMs) < SAME_MS)
    return { id: `turn-${index}`, atMs, kind: 'turn', turn, index, isKept: own !== false && own?.as === 'kept' }
  })
  const wordless = speech.flatMap((each): Entry[] =>
    each.endedMs === undefined || said.some((from) => Math.abs(from - each.startedMs) < SAME_MS)
      ? []
      : [{ id: `speech-${each.startedMs}`, atMs: each.startedMs, kind: 'speech', speech: each }],
  )
  const tools = (story.tools ?? []).map((tool, index): Entry => ({
    id: `tool-${index}`,
    atMs: tool.startedAtMs,
    kind: 'tool',
    tool,
  }))
  const transfers = (story.transfers ?? []).map((transfer, index): Entry => ({
    id: `transfer-${index}`,
    atMs: transfer.atMs,
    kind: 'transfer',
    transfer,
  }))
  const problems = story.problems.map((problem, index): Entry => ({
    id: `problem-${index}`,
    atMs: problem.atMs,
    kind: 'problem',
    problem,
  }))
  const notes = (story.notes ?? []).map((note, index): Entry => {
    const at = Date.parse(String(note.at))
    return {
      id: `note-${index}`,
      atMs: Number.isNaN(at) ? 0 : Math.max(0, at - startedAt),
      kind: 'note',
      text: note.text,
    }
  })
  return [...turns, ...wordless, ...tools, ...transfers, ...problems, ...notes].toSorted(
    (one, other) => one.atMs - other.atMs,
  )
}

/** The entry that a moment of the call belongs to: the last one that had begun. */
export const entryAt = (entries: readonly Entry[], atMs: number): Entry | undefined =>
  entries.findLast((entry) => entry.atMs <= atMs + 1) ?? entries[0]

/** The next or the last turn before, for stepping through the call. */
export const turnBeside = (entries: readonly Entry[], atMs: number, step: 1 | -1): Entry | undefined => {
  const turns = entries.filter(({ kind }) => kind === 'turn')
  return step === 1 ? turns.find((entry) => entry.atMs > atMs + 1) : turns.findLast((entry) => entry.atMs < atMs - 1)
}

/** The words of a turn that is being played, as far as they are heard by now. */
export const wordsHeard = (text: string, heardMs: number, sentMs: number): string => {
  if (sentMs <= 0 || heardMs >= sentMs) return text
  const words = text.split(' ')
  return words.slice(0, Math.ceil((words.length * heardMs) / sentMs)).join(' ')
}
