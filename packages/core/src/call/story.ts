import type { CallFacts } from '../facts.ts'
import type { Mode } from '../mode/mode.ts'
import type { CallUsage, HeardPart, TokenUsage, TranscriptionUsage } from '../model.ts'
import type { CallProblem, CallStory, ToolRun, Turn } from './call-story.ts'
import { createChangeLog } from './change-log.ts'
import { MAX_ID_LENGTH, shortenText } from './shorten-text.ts'
import { createEventLog, forLog, shortenedData } from './event-log.ts'
import { createExcerpt } from './excerpt.ts'
import type { StoryOrigin } from './origin.ts'
import type { CallNotice, LatencyMeasure } from './observer.ts'
import { isPhrase } from './phrase-id.ts'
import type { CallEvent } from './events.ts'
import type { CallChanges, RememberedCall } from './memory.ts'
import type { CallState } from './state.ts'
import { createCourse } from './course.ts'
import { createOperatorActs } from './operator-acts.ts'
import { createTransfers } from './transfers.ts'
import { createTurnTimes, type PlayedItem } from './turn-times.ts'

/** Longest text of a turn that is kept. */
const MAX_TURN_LENGTH = 4_000
/** Enough for more than half an hour of talk; beyond it, turns are left out of the middle. */
const TURNS = { entries: 400, bytes: 131_072, first: 20 }
const TOOL_RUNS = { entries: 400, bytes: 98_304, first: 50 }
const PROBLEMS = { entries: 100, bytes: 32_768, first: 20 }
const MAX_MEASURED = 1_000
/** Transcription models counted by name: one for each dialect, and one more. */
const MAX_TRANSCRIBERS = 3

/** What of a story has changed since it was last asked. */
export type StoryChanges = Pick<CallChanges, 'turns' | 'tools' | 'latency' | 'transfers' | 'usage'>

/** Between the positions of two turns: room for a turn whose place turns out late. */
const POSITION_STEP = 1_024

interface Entry {
  readonly itemId: string
  /** In order of the conversation, with gaps; kept for good. */
  position: number
  readonly speaker: 'caller' | 'assistant'
  readonly atMs: number
  text: string
  /** How much of an interrupted item was heard, from 0 to 1. */
  heardShare?: number
  /** The same of an item that is being played. */
  playedShare?: number
}

/** The words, parted where the hearing ended: estimated from the heard share of the audio. */
const parted = ({ text, heardShare, playedShare = heardShare }: Entry): { heard: string; unheard: string } => {
  if (playedShare === undefined || text === '') return { heard: text, unheard: '' }
  const words = text.split(' ')
  const kept = Math.floor(words.length * playedShare)
  return {
    heard: kept === 0 ? '' : `${words.slice(0, kept).join(' ')} —`,
    unheard: words.slice(kept).join(' ').trim(),
  }
}

/** The words that were heard. */
const heardText = (entry: Entry): string => parted(entry).heard

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

const firstWords = ({ media_to_greeting_frame, speech_end_to_frame }: CallStory['latency']) => {
  const firstWordsMs = media_to_greeting_frame?.[0] ?? speech_end_to_frame?.[0]
  return firstWordsMs === undefined ? {} : { firstWordsMs }
}

const bytesOf = (entry: object): number => Buffer.byteLength(JSON.stringify(entry))

const omittedCounts = (omitted: NonNullable<CallStory['omitted']>): Pick<CallStory, 'omitted'> => {
  const some = Object.fromEntries(Object.entries(omitted).filter(([, count]) => count > 0))
  return Object.keys(some).length === 0 ? {} : { omitted: some }
}

/** What an earlier process knew of the call, and how long ago it began (ms). */
export interface EarlierStory {
  readonly elapsedMs: number
  readonly told: Pick<RememberedCall, 'turns' | 'tools' | 'transfers' | 'latency' | 'usage'>
}

/** Collects the story of a call: turns in conversation order, tool runs, transfers, latencies and usage. */
export const createStory = (now: () => number, observe: (notice: CallNotice) => void, earlier?: EarlierStory) => {
  const openedAt = now()
  const startedAt = openedAt - (earlier?.elapsedMs ?? 0)
  const log = createChangeLog<Entry>()
  const said = createExcerpt<Entry>({ ...TURNS, bytesOf, removed: log.gone })
  const { entries } = said
  const tools = createExcerpt<ToolRun>({ ...TOOL_RUNS, bytesOf })
  const problems = createExcerpt<CallProblem>({ ...PROBLEMS, bytesOf })
  const latency: Partial<Record<LatencyMeasure, number[]>> = {}
  const events = createEventLog()
  const transfers = createTransfers(earlier?.told.transfers)
  const acts = createOperatorActs(
    () => now() - startedAt,
    (act) => observe({ type: 'act', act }),
  )
  let endedAt: Date | undefined
  const usedBefore: CallUsage = earlier?.told.usage ?? NOTHING
  let usage: TokenUsage = { input: usedBefore.input, output: usedBefore.output }
  const transcription = new Map((usedBefore.transcription ?? []).map((each) => [each.model, each]))
  const usageSoFar = (): CallUsage =>
    transcription.size === 0 ? usage : { ...usage, transcription: [...transcription.values()] }
  const sinceStart = (): number => Math.round(now() - startedAt)
  const times = createTurnTimes(sinceStart)
  const course = createCourse(sinceStart)

  const words = (): (Turn & { readonly itemId: string })[] =>
    entries.map((entry) => ({ ...entry, text: heardText(entry).trim() })).filter(({ text }) => text !== '')

  const turns = (playing: readonly PlayedItem[]): Turn[] =>
    entries
      .map((entry) => {
        const { itemId, speaker, atMs, heardShare = 1 } = entry
        const { heard, unheard } = parted(entry)
        return {
          speaker,
          text: heard.trim(),
          atMs,
          ...times.tell(itemId, playing),
          ...(heardShare < 1 ? { cut: true as const } : {}),
          ...(unheard === '' ? {} : { unheard }),
        }
      })
      // What was cut before a word of it was heard is part of what happened.
      .filter(({ text, cut, sentMs = 0 }) => text !== '' || (cut && sentMs > 0))

  /** A position between those of the neighbours; without room between them, later turns get new positions. */
  const positionAt = (index: number): number => {
    const before = entries[index - 1]?.position ?? 0
    const after = entries[index]?.position
    if (after === undefined) return before + POSITION_STEP
    if (after - before > 1) return Math.floor((before + after) / 2)
    for (const entry of entries.slice(index).toReversed()) {
      log.gone(entry)
      entry.position += POSITION_STEP
      log.turn(entry)
    }
    return before + Math.floor(POSITION_STEP / 2)
  }

  const addEntry = (entry: Omit<Entry, 'position'>, index = entries.length): void => {
    const placed = { ...entry, position: positionAt(index) }
    log.turn(placed)
    said.add(placed, index)
  }

  const addTool = (run: ToolRun): void => {
    tools.add(run)
    const { name, startedAtMs, durationMs, outcome } = run
    log.tool({ name, startedAtMs, durationMs, outcome })
  }

  for (const [index, turn] of (earlier?.told.turns ?? []).entries()) addEntry({ ...turn, itemId: `earlier:${index}` })
  for (const run of earlier?.told.tools ?? []) addTool(run)
  for (const [measure, all] of Object.entries(earlier?.told.latency ?? {}))
    for (const ms of all) keepMeasured(measure as LatencyMeasure, ms)

  return {
    /** Told by the playout ledger and by what is reported of the caller's speech. */
    times,
    /** The turns with the ids of their items. */
    words,
    /** Something may have changed since {@link changes} was last asked. */
    get hasChanged() {
      return !log.isEmpty
    },
    /**
     * What has changed since the last time; `unheard` are the parts that are being played. What could not be written is
     * given back to `putBack`.
     */
    changes(unheard: readonly HeardPart[]): StoryChanges {
      for (const { itemId, heardMs, sentMs } of unheard) {
        const entry = entries.findLast((each) => each.itemId === itemId)
        if (!entry) continue
        entry.playedShare = sentMs === 0 ? 0 : heardMs / sentMs
        log.turn(entry)
      }
      const changed = log.take((entry) => ({
        speaker: entry.speaker,
        text: heardText(entry).trim(),
        atMs: entry.atMs,
      }))
      // Being played: they change until they are heard.
      for (const { itemId } of unheard) {
        const entry = entries.findLast((each) => each.itemId === itemId)
        if (!entry) continue
        delete entry.playedShare
        log.turn(entry)
      }
      const { transfersChanged, usageChanged, ...lists } = changed
      return {
        ...lists,
        ...(transfersChanged ? { transfers: transfers.entries() } : {}),
        ...(usageChanged ? { usage: usageSoFar() } : {}),
      }
    },
    /** Takes back changes that could not be written: the next ones include them. */
    putBack(lost: StoryChanges): void {
      log.putBack(lost, (position) => entries.find((entry) => entry.position === position))
    },
    /** Whether the caller's last turn has no transcript. */
    lastWordsLost(): boolean {
      const last = entries.findLast(({ itemId }) => !isPhrase(itemId))
      return last?.speaker === 'caller' && last.text === ''
    },
    /** Approximate memory of the story, in bytes. */
    get bytes() {
      return said.bytes + tools.bytes + problems.bytes + events.bytes + course.bytes
    },
    event(event: CallEvent): void {
      events.add({ atMs: sinceStart(), event: forLog(event) })
    },
    /** Adds an item at its position in the conversation. Its transcript comes later, and out of order. */
    insertItem(id: string, speaker: 'caller' | 'assistant', afterItemId?: string): void {
      const itemId = shortenText(id, MAX_ID_LENGTH)
      if (entries.some((entry) => entry.itemId === itemId)) return
      if (speaker === 'caller') times.callerTurn(itemId)
      const before = entries.findIndex((entry) => entry.itemId === afterItemId)
      addEntry({ itemId, speaker, atMs: sinceStart(), text: '' }, before < 0 ? entries.length : before + 1)
    },
    transcript(id: string, speaker: 'caller' | 'assistant', transcribed: string): void {
      const itemId = shortenText(id, MAX_ID_LENGTH)
      const text = shortenText(transcribed, MAX_TURN_LENGTH)
      const entry = entries.find((each) => each.itemId === itemId)
      if (!entry) addEntry({ itemId, speaker, atMs: sinceStart(), text })
      else if (entry.text.length < MAX_TURN_LENGTH) {
        entry.text = shortenText(entry.text === '' ? text : `${entry.text} ${text}`, MAX_TURN_LENGTH)
        said.grown(entry)
        log.turn(entry)
      }
      observe({ type: 'transcript', speaker, text })
    },
    /** The words of an item, as far as they were heard. */
    heardText(itemId: string): string {
      const entry = entries.find((each) => each.itemId === itemId)
      return entry ? heardText(entry).trim() : ''
    },
    interrupted(heard: readonly HeardPart[]): void {
      for (const { itemId, heardMs, sentMs } of heard) {
        const entry = entries.find((each) => each.itemId === shortenText(itemId, MAX_ID_LENGTH))
        if (!entry) continue
        entry.heardShare = sentMs === 0 ? 0 : heardMs / sentMs
        times.generated(itemId, sentMs)
        log.turn(entry)
      }
    },
    /** Notes a run; `argumentsJson` and `output` are what the model asked for and was told. */
    tool(run: Omit<ToolRun, 'startedAtMs' | 'input' | 'result'>, argumentsJson: string, output: string): void {
      addTool({
        ...run,
        startedAtMs: Math.max(0, sinceStart() - run.durationMs),
        input: shortenedData(argumentsJson),
        result: shortenedData(output),
      })
      observe({ type: 'tool', ...run })
      measured('tool_to_output', run.durationMs)
    },
    problem(code: string, message: string): void {
      problems.add({ code, message, atMs: sinceStart() })
    },
    /** Notes what an event has meant: transfers begun or settled, the caller's speech, the phase. */
    decided(before: CallState, after: CallState, event: CallEvent): void {
      course.decided(before, after, event)
      if (transfers.note(before, after, event, sinceStart())) log.transfers()
    },
    /** Notes what an operator does; returns how to note its end. */
    acted: acts.add,
    measured,
    /** Milliseconds since the call began. */
    sinceStart: () => now() - startedAt,
    /** Milliseconds since this process has had the call. */
    sinceOpened: () => now() - openedAt,
    used(reply: TokenUsage): void {
      log.usage()
      usage = { input: addTokens(usage.input, reply.input), output: addTokens(usage.output, reply.output) }
      observe({ type: 'usage', usage: reply })
    },
    transcribed(turn: TranscriptionUsage): void {
      // Limits the number of names a server can make up.
      const isKnown = transcription.has(turn.model) || transcription.size < MAX_TRANSCRIBERS
      const model = isKnown ? turn.model : 'other'
      const before = transcription.get(model)
      log.usage()
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
      origin: StoryOrigin,
      playing: readonly PlayedItem[],
    ): CallStory {
      return {
        callId: facts.callId,
        legId: facts.legId,
        mode: mode.name,
        ...origin,
        promptVersion: mode.promptVersion,
        direction: facts.direction,
        ...(facts.otherParty.number === undefined ? {} : { caller: facts.otherParty.number }),
        dialled: facts.dialled,
        phase: state.phase,
        ...(state.disposition ? { disposition: state.disposition } : {}),
        ...(state.verdict ? { answeredBy: state.verdict } : {}),
        startedAt: facts.startedAt.toISOString(),
        ...(endedAt ? { endedAt: endedAt.toISOString() } : {}),
        turns: turns(playing),
        tools: [...tools.entries],
        transfers: transfers.entries(),
        ...course.tell(),
        acts: acts.entries(),
        problems: [...problems.entries],
        ...firstWords(latency),
        latency,
        usage: usageSoFar(),
        audio: { ...audio },
        events: [...events.entries],
        ...omittedCounts({
          turns: said.omitted,
          tools: tools.omitted,
          problems: problems.omitted,
          events: events.omitted,
        }),
      }
    },
  }

  function measured(measure: LatencyMeasure, ms: number): void {
    // The timestamps of two stages can be slightly out of order: no negative durations.
    const rounded = Math.max(0, Math.round(ms * 100) / 100)
    // Relay times go to the histogram only; a call has thousands of frames.
    if (!measure.startsWith('relay_')) keepMeasured(measure, rounded)
    if (measure === 'speech_end_to_delta') times.came(rounded)
    if (measure === 'speech_end_to_frame') times.answered(rounded)
    if (measure === 'speech_start_to_clear') course.cleared(rounded)
    observe({ type: 'latency', measure, ms: rounded })
  }

  function keepMeasured(measure: LatencyMeasure, ms: number): void {
    const kept = (latency[measure] ??= [])
    if (kept.length >= MAX_MEASURED) return
    kept.push(ms)
    log.measured({ measure, ms })
  }
}

export type Story = ReturnType<typeof createStory>
