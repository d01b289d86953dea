import { beganAt, finderIn, hasLostWords, routeLabel, type Act, type Speech, type Story, type Turn } from './story.ts'

/** A line of the transcript: what was said, done or went wrong, with a name that stays while the call goes on. */
export type Entry = { readonly id: string; readonly atMs: number } & (
  | { readonly kind: 'turn'; readonly turn: Turn; readonly index: number; readonly isKept: boolean }
  | { readonly kind: 'speech'; readonly speech: Speech }
  | { readonly kind: 'tool'; readonly tool: NonNullable<Story['tools']>[number] }
  | { readonly kind: 'transfer'; readonly transfer: NonNullable<Story['transfers']>[number] }
  | { readonly kind: 'problem'; readonly problem: Story['problems'][number] }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'act'; readonly act: Act; readonly to: string | undefined }
)

/** Everything of a call in order of time. */
export const entriesOf = (story: Story): readonly Entry[] => {
  const speech = story.speech ?? []
  const startedAt = Date.parse(story.startedAt)
  const speechAt = finderIn(speech, ({ startedMs }) => startedMs)
  const saidAt = finderIn(story.turns.filter(({ speaker }) => speaker === 'caller').map(beganAt), (from) => from)
  const turns = story.turns.map((turn, index): Entry => {
    // What was never heard has its place where it was said, not where it would have been played.
    const atMs = turn.cut && turn.heardMs === 0 ? Math.min(turn.atMs, beganAt(turn)) : beganAt(turn)
    const isKept = turn.speaker === 'caller' && speechAt(atMs)?.as === 'kept'
    return { id: `turn-${index}`, atMs, kind: 'turn', turn, index, isKept }
  })
  // Of words that are deleted it is not known whether they were understood.
  const wordless = (hasLostWords(story) ? [] : speech).flatMap((each): Entry[] =>
    each.endedMs === undefined || saidAt(each.startedMs) !== undefined
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
  const acts = (story.acts ?? []).map((act, index): Entry => ({
    id: `act-${index}`,
    atMs: act.atMs,
    kind: 'act',
    act,
    to: act.kind === 'transfer' ? routeLabel(story, act) : undefined,
  }))
  return [...turns, ...wordless, ...tools, ...transfers, ...problems, ...notes, ...acts].toSorted(
    (one, other) => one.atMs - other.atMs,
  )
}

const isSame = (one: Entry, other: Entry): boolean => {
  const others: Record<string, unknown> = other
  const fields: [string, unknown][] = Object.entries(one)
  return fields.length === Object.keys(other).length && fields.every(([name, value]) => others[name] === value)
}

/** The entries, with those of before that have not changed: what shows them need not be drawn again. */
export const keepSame = (before: readonly Entry[], now: readonly Entry[]): readonly Entry[] => {
  const known = new Map(before.map((entry) => [entry.id, entry]))
  return now.map((entry) => {
    const last = known.get(entry.id)
    return last && isSame(last, entry) ? last : entry
  })
}

/** Entries in parts of so many; a part whose entries are all those of before stays the same list. */
export const partsOf = (
  entries: readonly Entry[],
  size: number,
  before: readonly (readonly Entry[])[] = [],
): readonly (readonly Entry[])[] =>
  Array.from({ length: Math.ceil(entries.length / size) }, (_, index) => {
    const part = entries.slice(index * size, (index + 1) * size)
    const last = before[index]
    return last?.length === part.length && last.every((entry, at) => entry === part[at]) ? last : part
  })

/** Remembers the entries of a story, and gives those that have not changed again when it is read anew. */
export const rememberEntries = () => {
  let last: readonly Entry[] = []
  return (story: Story): readonly Entry[] => (last = keepSame(last, entriesOf(story)))
}

/** Remembers the parts of a list of entries in the same way. */
export const rememberParts = (size: number) => {
  let last: readonly (readonly Entry[])[] = []
  return (entries: readonly Entry[]) => (last = partsOf(entries, size, last))
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
