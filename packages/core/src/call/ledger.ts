import type { CallFacts } from '../facts.ts'
import type { HeardPart, TokenUsage } from '../model.ts'
import type { AnsweredBy } from '../outbound.ts'
import type { CallNotice, LatencyMeasure } from './observer.ts'
import { isPhrase } from './own-words.ts'
import type { CallEvent, CallPhase, CallState, Disposition } from './state.ts'

/** Long calls keep their latest events; the story of the beginning is in the turns. */
const MAX_EVENTS = 500
const MAX_TURNS = 400
const MAX_TOOL_RUNS = 400
const MAX_MEASURED = 1_000

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
  readonly callSid: string
  readonly mode: string
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
  /** Milliseconds, in the order they were measured. */
  readonly latency: Partial<Record<LatencyMeasure, readonly number[]>>
  readonly usage: TokenUsage
  readonly audio: {
    readonly framesIn: number
    readonly framesOut: number
    readonly dropped: number
    readonly gapsFilledMs: number
    /** Frames of the media stream that could not be read; stories of earlier versions do not have it. */
    readonly ignored?: number
  }
  readonly events: readonly { readonly atMs: number; readonly event: CallEvent }[]
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

/** Keeps what a call was: what was said in conversation order, what was done, how long each stage took. */
export const createLedger = (now: () => number, observe: (notice: CallNotice) => void) => {
  const startedAt = now()
  const entries: Entry[] = []
  const tools: ToolRun[] = []
  const latency: Partial<Record<LatencyMeasure, number[]>> = {}
  const events: { atMs: number; event: CallEvent }[] = []
  let endedAt: Date | undefined
  let usage: TokenUsage = {
    input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 },
    output: { text: 0, audio: 0 },
  }
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
    event(event: CallEvent): void {
      // Keys can be a PIN: that one was pressed is all a log may know.
      events.push({ atMs: sinceStart(), event: event.type === 'digitPressed' ? { ...event, digit: '•' } : event })
      if (events.length > MAX_EVENTS) events.shift()
    },
    /** Transcripts come late and out of order, so an item takes its place when the conversation gives it one. */
    place(itemId: string, speaker: 'caller' | 'assistant', afterItemId?: string): void {
      if (entries.some((entry) => entry.itemId === itemId)) return
      const before = entries.findIndex((entry) => entry.itemId === afterItemId)
      entries.splice(before < 0 ? entries.length : before + 1, 0, { itemId, speaker, atMs: sinceStart(), text: '' })
      if (entries.length > MAX_TURNS) entries.shift()
    },
    transcript(itemId: string, speaker: 'caller' | 'assistant', text: string): void {
      const entry = entries.find((each) => each.itemId === itemId)
      if (entry) entry.text = entry.text === '' ? text : `${entry.text} ${text}`
      else entries.push({ itemId, speaker, atMs: sinceStart(), text })
      if (entries.length > MAX_TURNS) entries.shift()
      observe({ type: 'transcript', speaker, text })
    },
    interrupted(heard: readonly HeardPart[]): void {
      for (const { itemId, heardMs, sentMs } of heard) {
        const entry = entries.find((each) => each.itemId === itemId)
        if (entry) entry.heardShare = sentMs === 0 ? 0 : heardMs / sentMs
      }
    },
    tool(run: Omit<ToolRun, 'startedAtMs'>): void {
      tools.push({ ...run, startedAtMs: Math.max(0, sinceStart() - run.durationMs) })
      if (tools.length > MAX_TOOL_RUNS) tools.shift()
      observe({ type: 'tool', ...run })
      measured('tool_to_output', run.durationMs)
    },
    measured,
    sinceStart: () => now() - startedAt,
    used(reply: TokenUsage): void {
      usage = { input: addTokens(usage.input, reply.input), output: addTokens(usage.output, reply.output) }
      observe({ type: 'usage', usage: reply })
    },
    ended(at: Date): void {
      endedAt = at
    },
    story(facts: CallFacts, mode: string, state: CallState, audio: CallStory['audio']): CallStory {
      return {
        callId: facts.callId,
        callSid: facts.callSid,
        mode,
        direction: facts.direction,
        ...(facts.caller.number === undefined ? {} : { caller: facts.caller.number }),
        dialled: facts.dialled,
        phase: state.phase,
        ...(state.disposition ? { disposition: state.disposition } : {}),
        ...(state.verdict ? { answeredBy: state.verdict } : {}),
        startedAt: facts.startedAt.toISOString(),
        ...(endedAt ? { endedAt: endedAt.toISOString() } : {}),
        turns: turns(),
        tools: [...tools],
        latency,
        usage,
        audio: { ...audio },
        events: [...events],
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

export type Ledger = ReturnType<typeof createLedger>
