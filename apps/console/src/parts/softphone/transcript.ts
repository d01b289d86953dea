/** What the softphone reads of a call's story (`GET /calls/ID`). */
export interface StoryView {
  readonly callId: string
  readonly phase: string
  readonly disposition?: string
  readonly why?: string
  /** What a call that is a test would have done, in sentences. */
  readonly trial?: { readonly wouldHave: readonly string[] }
  readonly turns: readonly {
    readonly speaker: 'caller' | 'assistant'
    /** Of the assistant what was heard; of an interrupted turn it ends with a dash. */
    readonly text: string
    /** The words of an interrupted turn that were not heard. */
    readonly unheard?: string
    readonly atMs: number
    readonly startedMs?: number
    readonly sentMs?: number
    readonly heardMs?: number
    readonly generatedMs?: number
    readonly cut?: boolean
  }[]
  readonly tools: readonly {
    readonly name: string
    readonly startedAtMs: number
    readonly durationMs: number
    readonly outcome: string
    readonly input?: unknown
    readonly result?: unknown
  }[]
}

/** What was last read of the call, and when (ms since 1970). */
export interface CallNews {
  readonly story?: StoryView
  readonly readAtMs: number
}

/** A line of the transcript. */
export type TranscriptLine =
  | {
      readonly kind: 'turn'
      readonly key: string
      readonly speaker: 'caller' | 'assistant'
      /** The words that were heard. */
      readonly heard: string
      /** The words that were not: struck where the turn was cut, still to come where it is being spoken. */
      readonly rest: string
      readonly isCut: boolean
      readonly isSpoken: boolean
      readonly heardMs?: number
      readonly generatedMs?: number
    }
  | {
      readonly kind: 'tool'
      readonly key: string
      readonly name: string
      readonly outcome: string
      readonly durationMs: number
      readonly input?: unknown
      readonly result?: unknown
    }

const DASH = / ?—$/

/** A text in two parts at a share of its words. */
const splitAt = (text: string, share: number): [string, string] => {
  const words = text.split(' ')
  const kept = Math.floor(words.length * share)
  return [words.slice(0, kept).join(' '), words.slice(kept).join(' ')]
}

type StoryTurn = StoryView['turns'][number]

const turnLine = (turn: StoryTurn, index: number, sinceReadMs: number): TranscriptLine => {
  const { speaker, text, unheard = '', cut = false, heardMs, sentMs, generatedMs = sentMs } = turn
  const base = {
    kind: 'turn',
    key: `turn ${index}`,
    speaker,
    isCut: cut,
    ...(heardMs === undefined ? {} : { heardMs }),
    ...(generatedMs === undefined ? {} : { generatedMs }),
  } as const
  if (cut) return { ...base, heard: text.replace(DASH, ''), rest: unheard, isSpoken: true }
  const heardNow = (heardMs ?? 0) + sinceReadMs
  if (speaker === 'caller' || heardMs === undefined || generatedMs === undefined || heardNow >= generatedMs)
    return { ...base, heard: text, rest: '', isSpoken: true }
  const [heard, rest] = splitAt(text, heardNow / generatedMs)
  return { ...base, heard, rest, isSpoken: false }
}

/** The lines of a call in the order of the conversation, as of a moment (ms since 1970). */
export const linesOf = ({ story, readAtMs }: CallNews, nowMs: number): TranscriptLine[] => {
  if (!story) return []
  // The ear has gone on since the story was read.
  const sinceReadMs = story.phase === 'ended' ? Infinity : Math.max(0, nowMs - readAtMs)
  const tools = [...story.tools.entries()].map(([index, { name, startedAtMs, ...tool }]) => ({
    atMs: startedAtMs,
    line: { kind: 'tool', key: `tool ${index}`, name, ...tool } as const satisfies TranscriptLine,
  }))
  // The turns are in order already, which their times need not be: a tool goes before the first turn that began after it.
  const lines: TranscriptLine[] = []
  for (const [index, turn] of story.turns.entries()) {
    while (tools[0] && tools[0].atMs < (turn.startedMs ?? turn.atMs)) lines.push(tools.shift()!.line)
    lines.push(turnLine(turn, index, sinceReadMs))
  }
  return [...lines, ...tools.map(({ line }) => line)]
}

const BRIEF = 60
/** What stands for a value that the gateway does not keep. */
const REDACTED = '•'

/** Data in a few words, for a line: the number of rows of a list, else the beginning of its JSON. */
export const briefOf = (value: unknown): string => {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value) && value.length > 1) return `${value.length} rows`
  // What is not kept is left out, and of a list there is how long it is.
  const brief = (key: string, part: unknown) =>
    part === REDACTED ? undefined : Array.isArray(part) && key !== '' ? part.length : part
  const text = (typeof value === 'string' ? value : JSON.stringify(value, brief)).replaceAll(/"(\w+)":/g, '$1: ')
  if (text === '{}') return ''
  return text.length <= BRIEF ? text : `${text.slice(0, BRIEF - 1)}…`
}
