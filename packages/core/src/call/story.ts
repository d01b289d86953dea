import type { CallFacts } from '../facts.ts'
import type { Mode } from '../mode/mode.ts'
import type { CallUsage, HeardPart, TokenUsage, TranscriptionUsage } from '../model.ts'
import type { AnsweredBy } from '../line.ts'
import { cut } from './cut.ts'
import { createEventLog, forLog, type LoggedEvent } from './event-log.ts'
import { createExcerpt } from './excerpt.ts'
import type { CallNotice, LatencyMeasure } from './observer.ts'
import { isPhrase } from './phrase-id.ts'
import type { Disposition } from '../departure.ts'
import type { CallEvent } from './events.ts'
import type { CallPhase, CallState } from './state.ts'
import { createTransfers, type Transfer } from './transfers.ts'

/** Longer than anybody speaks at a stretch; whatever a server sends beyond it is not kept. */
const MAX_TURN_LENGTH = 4_000
/** More than half an hour of talk comes to; what does not fit is left out of the middle. */
const TURNS = { entries: 400, bytes: 131_072, first: 20 }
const TOOL_RUNS = { entries: 400, bytes: 65_536, first: 50 }
const MAX_MEASURED = 1_000
/** One for each dialect and one to come. */
const MAX_TRANSCRIBERS = 3
/** Servers name their items in some thirty characters. */
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

/** A call as a person reads it afterwards, and as JSON. */
export interface CallStory {
  readonly callId: string
  readonly legId: string
  readonly mode: string
  /** Of fixed prompt and tools, see `Mode`; stories of earlier versions do not have it. */
  readonly promptVersion?: string
  readonly direction: 'inbound' | 'outbound'
  readonly caller?: string
  readonly dialled: string
  readonly phase: CallPhase
  readonly disposition?: Disposition
  /** What answering machine detection said. */
  readonly answeredBy?: AnsweredBy
  readonly startedAt: string
  readonly endedAt?: string
  readonly turns: readonly Turn[]
  readonly tools: readonly ToolRun[]
  readonly transfers: readonly Transfer[]
  /** Milliseconds, in the order they were measured. */
  readonly latency: Partial<Record<LatencyMeasure, readonly number[]>>
  readonly usage: CallUsage
  readonly audio: {
    readonly framesIn: number
    readonly framesOut: number
    readonly dropped: number
    readonly gapsFilledMs: number
    /** Frames of the media stream that could not be read; stories of earlier versions do not have it. */
    readonly ignored?: number
  }
  readonly events: readonly LoggedEvent[]
  /** How many were left out of the middle of each list, where any were: a story has a size. */
  readonly omitted?: { readonly turns?: number; readonly tools?: number; readonly events?: number }
}

interface Entry {
  readonly itemId: string
  readonly speaker: 'caller' | 'assistant'
  readonly atMs: number
  text: string
  /** Of an interrupted item: how much of it was heard, from 0 to 1. */
  heardShare?: number
}

/** The first words that fit the share of the audio that was heard. */
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

/** Keeps what a call was: what was said in conversation order, what was done, how long each stage took. */
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

  const turns = (): Turn[] =>
    entries
      .map((entry) => ({ speaker: entry.speaker, text: heardText(entry).trim(), atMs: entry.atMs }))
      .filter(({ text }) => text !== '')

  return {
    turns,
    /** The caller has said something of which there is no text. */
    lastWordsLost(): boolean {
      const last = entries.findLast(({ itemId }) => !isPhrase(itemId))
      return last?.speaker === 'caller' && last.text === ''
    },
    /** About how much memory the story takes. */
    get bytes() {
      return said.bytes + tools.bytes + events.bytes
    },
    event(event: CallEvent): void {
      events.add({ atMs: sinceStart(), event: forLog(event) })
    },
    /** Transcripts come late and out of order, so an item takes its place when the conversation gives it one. */
    place(id: string, speaker: 'caller' | 'assistant', afterItemId?: string): void {
      const itemId = cut(id, MAX_ID_LENGTH)
      if (entries.some((entry) => entry.itemId === itemId)) return
      const before = entries.findIndex((entry) => entry.itemId === afterItemId)
      said.add({ itemId, speaker, atMs: sinceStart(), text: '' }, before < 0 ? entries.length : before + 1)
    },
    transcript(id: string, speaker: 'caller' | 'assistant', transcribed: string): void {
      const itemId = cut(id, MAX_ID_LENGTH)
      const text = cut(transcribed, MAX_TURN_LENGTH)
      const entry = entries.find((each) => each.itemId === itemId)
      if (!entry) said.add({ itemId, speaker, atMs: sinceStart(), text })
      else if (entry.text.length < MAX_TURN_LENGTH) {
        entry.text = cut(entry.text === '' ? text : `${entry.text} ${text}`, MAX_TURN_LENGTH)
        said.grown(entry)
      }
      observe({ type: 'transcript', speaker, text })
    },
    interrupted(heard: readonly HeardPart[]): void {
      for (const { itemId, heardMs, sentMs } of heard) {
        const entry = entries.find((each) => each.itemId === cut(itemId, MAX_ID_LENGTH))
        if (entry) entry.heardShare = sentMs === 0 ? 0 : heardMs / sentMs
      }
    },
    tool(run: Omit<ToolRun, 'startedAtMs'>): void {
      tools.add({ ...run, startedAtMs: Math.max(0, sinceStart() - run.durationMs) })
      observe({ type: 'tool', ...run })
      measured('tool_to_output', run.durationMs)
    },
    /** What an event has led to. */
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
      // A server that invents names has the rest of them under one.
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
    // The stamps of two stages can cross by a hair: nothing takes less than no time.
    const rounded = Math.max(0, Math.round(ms * 100) / 100)
    // Frames are sampled for the histogram only: a call has thousands of them.
    const kept = measure.startsWith('relay_') ? undefined : (latency[measure] ??= [])
    if (kept && kept.length < MAX_MEASURED) kept.push(rounded)
    observe({ type: 'latency', measure, ms: rounded })
  }
}

export type Story = ReturnType<typeof createStory>
