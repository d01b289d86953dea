import type { CallFacts } from '../facts.ts'
import type { Mode } from '../mode/mode.ts'
import type { CallUsage, HeardPart, TokenUsage, TranscriptionUsage } from '../model.ts'
import type { AnsweredBy } from '../line.ts'
import { shortenText } from './shorten-text.ts'
import { createEventLog, forLog, type LoggedEvent } from './event-log.ts'
import { createExcerpt } from './excerpt.ts'
import type { CallNotice, LatencyMeasure } from './observer.ts'
import { isPhrase } from './phrase-id.ts'
import type { Disposition } from '../departure.ts'
import type { CallEvent } from './events.ts'
import type { CallPhase, CallState } from './state.ts'
import { createTransfers, type Transfer } from './transfers.ts'

/** Longest text of a turn that is kept. */
const MAX_TURN_LENGTH = 4_000
/** Enough for more than half an hour of talk; beyond it, turns are left out of the middle. */
const TURNS = { entries: 400, bytes: 131_072, first: 20 }
const TOOL_RUNS = { entries: 400, bytes: 65_536, first: 50 }
const MAX_MEASURED = 1_000
/** Transcription models counted by name: one for each dialect, and one more. */
const MAX_TRANSCRIBERS = 3
/** Longest item id that is kept; servers use some thirty characters. */
const MAX_ID_LENGTH = 128

export interface Turn {
  readonly speaker: 'caller' | 'assistant'
  readonly text: string
  /** Milliseconds since the call began. */
  readonly atMs: number
}

export interface ToolRun {
  readonly name: string
  readonly startedAtMs: number
  readonly durationMs: number
  readonly outcome: 'done' | 'failed' | 'timed_out' | 'aborted'
}

/** The story of a call for people and programs, as JSON. */
export interface CallStory {
  readonly callId: string
  readonly legId: string
  readonly mode: string
  /** See `Mode.promptVersion`; absent in stories of earlier versions. */
  readonly promptVersion?: string
  readonly direction: 'inbound' | 'outbound'
  readonly caller?: string
  readonly dialled: string
  readonly phase: CallPhase
  readonly disposition?: Disposition
  /** The verdict of answering machine detection. */
  readonly answeredBy?: AnsweredBy
  readonly startedAt: string
  readonly endedAt?: string
  readonly turns: readonly Turn[]
  readonly tools: readonly ToolRun[]
  readonly transfers: readonly Transfer[]
  /** In milliseconds, in the order of measurement. */
  readonly latency: Partial<Record<LatencyMeasure, readonly number[]>>
  readonly usage: CallUsage
  readonly audio: {
    readonly framesIn: number
    readonly framesOut: number
    readonly dropped: number
    readonly gapsFilledMs: number
    /** Frames of the media stream that could not be read; absent in stories of earlier versions. */
    readonly ignored?: number
  }
  readonly events: readonly LoggedEvent[]
  /** How many entries were left out of the middle of each list, to limit the size. */
  readonly omitted?: { readonly turns?: number; readonly tools?: number; readonly events?: number }
}

interface Entry {
  readonly itemId: string
  readonly speaker: 'caller' | 'assistant'
  readonly atMs: number
  text: string
  /** How much of an interrupted item was heard, from 0 to 1. */
  heardShare?: number
}

/** The words that were heard, estimated from the heard share of the audio. */
const heardText = ({ text, heardShare }: Entry): string => {
  if (heardShare === undefined || text === '') return text
  const words = text.split(' ')
  const kept = Math.floor(words.length * heardShare)
  return kept === 0 ? '' : `${words.slice(0, kept).join(' ')} —`
}

const addTokens = <Tokens extends Record<string, number>>(one: Tokens, other: Tokens): Tokens =>
  Object.fromEntries(Object.entries(one).map(([kind, count]) => [kind, count + (other[kind] ?? 0)])) as Tokens

const NOTHING: TokenUsage = {
  input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 },
  output: { text: 0, audio: 0 },
}

const addTranscription = (one: TranscriptionUsage, other: TranscriptionUsage): TranscriptionUsage => ({
  model: one.model,
  seconds: one.seconds + other.seconds,
  input: addTokens(one.input, other.input),
  output: addTokens(one.output, other.output),
})

const bytesOf = (entry: object): number => Buffer.byteLength(JSON.stringify(entry))

const omittedCounts = (omitted: NonNullable<CallStory['omitted']>): Pick<CallStory, 'omitted'> => {
  const some = Object.fromEntries(Object.entries(omitted).filter(([, count]) => count > 0))
  return Object.keys(some).length === 0 ? {} : { omitted: some }
}

/** Collects the story of a call: turns in conversation order, tool runs, transfers, latencies and usage. */
export const createStory = (now: () => number, observe: (notice: CallNotice) => void) => {
  const startedAt = now()
  const said = createExcerpt<Entry>({ ...TURNS, bytesOf })
  const { entries } = said
  const tools = createExcerpt<ToolRun>({ ...TOOL_RUNS, bytesOf })
  const latency: Partial<Record<LatencyMeasure, number[]>> = {}
  const events = createEventLog()
  const transfers = createTransfers()
  let endedAt: Date | undefined
  let usage = NOTHING
  const transcription = new Map<string, TranscriptionUsage>()
  const usageSoFar = (): CallUsage =>
    transcription.size === 0 ? usage : { ...usage, transcription: [...transcription.values()] }
  const sinceStart = (): number => Math.round(now() - startedAt)

  const words = (): (Turn & { readonly itemId: string })[] =>
    entries.map((entry) => ({ ...entry, text: heardText(entry).trim() })).filter(({ text }) => text !== '')

  const turns = (): Turn[] => words().map(({ speaker, text, atMs }) => ({ speaker, text, atMs }))

  return {
    /** The turns with the ids of their items. */
    words,
    /** Whether the caller's last turn has no transcript. */
    lastWordsLost(): boolean {
      const last = entries.findLast(({ itemId }) => !isPhrase(itemId))
      return last?.speaker === 'caller' && last.text === ''
    },
    /** Approximate memory of the story, in bytes. */
    get bytes() {
      return said.bytes + tools.bytes + events.bytes
    },
    event(event: CallEvent): void {
      events.add({ atMs: sinceStart(), event: forLog(event) })
    },
    /** Adds an item at its position in the conversation. Its transcript comes later, and out of order. */
    insertItem(id: string, speaker: 'caller' | 'assistant', afterItemId?: string): void {
      const itemId = shortenText(id, MAX_ID_LENGTH)
      if (entries.some((entry) => entry.itemId === itemId)) return
      const before = entries.findIndex((entry) => entry.itemId === afterItemId)
      said.add({ itemId, speaker, atMs: sinceStart(), text: '' }, before < 0 ? entries.length : before + 1)
    },
    transcript(id: string, speaker: 'caller' | 'assistant', transcribed: string): void {
      const itemId = shortenText(id, MAX_ID_LENGTH)
      const text = shortenText(transcribed, MAX_TURN_LENGTH)
      const entry = entries.find((each) => each.itemId === itemId)
      if (!entry) said.add({ itemId, speaker, atMs: sinceStart(), text })
      else if (entry.text.length < MAX_TURN_LENGTH) {
        entry.text = shortenText(entry.text === '' ? text : `${entry.text} ${text}`, MAX_TURN_LENGTH)
        said.grown(entry)
      }
      observe({ type: 'transcript', speaker, text })
    },
    interrupted(heard: readonly HeardPart[]): void {
      for (const { itemId, heardMs, sentMs } of heard) {
        const entry = entries.find((each) => each.itemId === shortenText(itemId, MAX_ID_LENGTH))
        if (entry) entry.heardShare = sentMs === 0 ? 0 : heardMs / sentMs
      }
    },
    tool(run: Omit<ToolRun, 'startedAtMs'>): void {
      tools.add({ ...run, startedAtMs: Math.max(0, sinceStart() - run.durationMs) })
      observe({ type: 'tool', ...run })
      measured('tool_to_output', run.durationMs)
    },
    /** Notes the transfers that an event has begun or settled. */
    decided(before: CallState, after: CallState, event: CallEvent): void {
      transfers.note(before, after, event, sinceStart())
    },
    measured,
    sinceStart: () => now() - startedAt,
    used(reply: TokenUsage): void {
      usage = { input: addTokens(usage.input, reply.input), output: addTokens(usage.output, reply.output) }
      observe({ type: 'usage', usage: reply })
    },
    transcribed(turn: TranscriptionUsage): void {
      // Limits the number of names a server can make up.
      const isKnown = transcription.has(turn.model) || transcription.size < MAX_TRANSCRIBERS
      const model = isKnown ? turn.model : 'other'
      const before = transcription.get(model)
      transcription.set(model, before ? addTranscription(before, turn) : { ...turn, model })
      observe({ type: 'usage', usage: { ...NOTHING, transcription: [turn] } })
    },
    ended(at: Date): void {
      endedAt = at
    },
    tell(
      facts: CallFacts,
      mode: Pick<Mode, 'name' | 'promptVersion'>,
      state: CallState,
      audio: CallStory['audio'],
    ): CallStory {
      return {
        callId: facts.callId,
        legId: facts.legId,
        mode: mode.name,
        promptVersion: mode.promptVersion,
        direction: facts.direction,
        ...(facts.otherParty.number === undefined ? {} : { caller: facts.otherParty.number }),
        dialled: facts.dialled,
        phase: state.phase,
        ...(state.disposition ? { disposition: state.disposition } : {}),
        ...(state.verdict ? { answeredBy: state.verdict } : {}),
        startedAt: facts.startedAt.toISOString(),
        ...(endedAt ? { endedAt: endedAt.toISOString() } : {}),
        turns: turns(),
        tools: [...tools.entries],
        transfers: transfers.entries(),
        latency,
        usage: usageSoFar(),
        audio: { ...audio },
        events: [...events.entries],
        ...omittedCounts({ turns: said.omitted, tools: tools.omitted, events: events.omitted }),
      }
    },
  }

  function measured(measure: LatencyMeasure, ms: number): void {
    // The timestamps of two stages can be slightly out of order: no negative durations.
    const rounded = Math.max(0, Math.round(ms * 100) / 100)
    // Relay times go to the histogram only; a call has thousands of frames.
    const kept = measure.startsWith('relay_') ? undefined : (latency[measure] ??= [])
    if (kept && kept.length < MAX_MEASURED) kept.push(rounded)
    observe({ type: 'latency', measure, ms: rounded })
  }
}

export type Story = ReturnType<typeof createStory>
