import type { CallerSpeech, CallStory, Transfer } from '@llc-phone/core'
import type { calls } from '../schema/call-tables.ts'
import type { callerSpeech, toolRuns, transfers, turns } from '../schema/story-tables.ts'
import type { CallOpening, CallSummary, RecordedCall } from './recorded-call.ts'
import { verdictIn } from './verdict-in.ts'

/** The columns of a call that are known when it begins. */
export const columnsOf = ({ callId, legId, mode, direction, caller, dialled, startedAt, ...origin }: CallOpening) => ({
  id: callId,
  legId,
  mode,
  direction,
  caller: caller ?? null,
  dialled,
  startedAt: new Date(startedAt),
  instance: origin.instance ?? null,
  settingsVersion: origin.settingsVersion ?? null,
  tuningProfile: origin.tuningProfile ?? null,
  language: origin.language ?? null,
  isTest: origin.isTest ?? false,
})

/** The longest that a carrier keeps a leg (Twilio: four hours). One whose end was not reported by then has ended unseen. */
const LEG_LIMIT_MS = 4 * 3_600_000

const endOf = ({ endedAt, legEndedAt, isLegOpen }: typeof calls.$inferSelect, now: number) => {
  if (endedAt === null) return {}
  const assistant = { assistantEndedAt: endedAt.toISOString() }
  if (legEndedAt) return { ...assistant, endedAt: legEndedAt.toISOString() }
  return isLegOpen && now - endedAt.getTime() < LEG_LIMIT_MS ? assistant : { endedAt: endedAt.toISOString() }
}

const originOf = (row: typeof calls.$inferSelect) => ({
  ...(row.instance === null ? {} : { instance: row.instance }),
  ...(row.settingsVersion === null ? {} : { settingsVersion: row.settingsVersion }),
  ...(row.tuningProfile === null ? {} : { tuningProfile: row.tuningProfile }),
  ...(row.language === null ? {} : { language: row.language }),
  ...(row.isTest ? { isTest: true as const } : {}),
})

/** A row of `calls` as a summary; `now` is the wall clock (ms). */
export const summaryOf = (row: typeof calls.$inferSelect, now: number): CallSummary => ({
  callId: row.id,
  legId: row.legId,
  mode: row.mode,
  ...originOf(row),
  direction: row.direction,
  ...(row.caller === null ? {} : { caller: row.caller }),
  dialled: row.dialled,
  startedAt: row.startedAt.toISOString(),
  ...endOf(row, now),
  ...(row.disposition === null ? {} : { disposition: row.disposition }),
  ...(row.promptVersion === null ? {} : { promptVersion: row.promptVersion }),
  ...(row.answeredBy === null ? {} : { answeredBy: verdictIn(row.answeredBy) }),
  ...(row.model === null ? {} : { model: row.model }),
  ...(row.costUsd === null ? {} : { costUsd: row.costUsd }),
  ...(row.trial === null ? {} : { trial: row.trial }),
  ...(row.firstWordsMs === null ? {} : { firstWordsMs: row.firstWordsMs }),
  usage: {
    input: {
      text: row.inputText,
      audio: row.inputAudio,
      cachedText: row.inputCachedText,
      cachedAudio: row.inputCachedAudio,
    },
    output: { text: row.outputText, audio: row.outputAudio },
    ...(row.transcription === null ? {} : { transcription: row.transcription }),
  },
})

/** A row as a transfer of the story. */
export const transferOf = (row: typeof transfers.$inferSelect): Transfer => ({
  kind: row.kind,
  ...(row.route === null ? {} : { route: row.route }),
  ...(row.label === null ? {} : { label: row.label }),
  ...(row.number === null ? {} : { number: row.number }),
  ...(row.reason === null ? {} : { reason: row.reason }),
  atMs: row.atMs,
  ...(row.outcome === null ? {} : { outcome: row.outcome }),
})

/** A row as a turn of the story. */
export const turnOf = ({
  speaker,
  text,
  atMs,
  isCut,
  ...time
}: typeof turns.$inferSelect): CallStory['turns'][number] => ({
  speaker,
  text,
  atMs,
  ...(time.startedMs === null ? {} : { startedMs: time.startedMs }),
  ...(time.endedMs === null ? {} : { endedMs: time.endedMs }),
  ...(time.sentMs === null ? {} : { sentMs: time.sentMs }),
  ...(time.heardMs === null ? {} : { heardMs: time.heardMs }),
  ...(isCut ? { cut: true as const } : {}),
  ...(time.generatedMs === null ? {} : { generatedMs: time.generatedMs }),
  ...(time.unheard === null ? {} : { unheard: time.unheard }),
  ...(time.deltaMs === null ? {} : { deltaMs: time.deltaMs }),
  ...(time.latencyMs === null ? {} : { latencyMs: time.latencyMs }),
  ...(time.usage === null ? {} : { usage: time.usage }),
})

/** A row as speech of the caller. */
export const speechOf = ({
  startedMs,
  endedMs,
  takenAs,
  clearedAfterMs,
}: Pick<typeof callerSpeech.$inferSelect, 'startedMs' | 'endedMs' | 'takenAs' | 'clearedAfterMs'>): CallerSpeech => ({
  startedMs,
  ...(endedMs === null ? {} : { endedMs }),
  ...(takenAs === null ? {} : { as: takenAs }),
  ...(clearedAfterMs === null ? {} : { clearedAfterMs }),
})

/** A row as a tool run of the story. */
export const runOf = ({
  input,
  result,
  ...run
}: Pick<
  typeof toolRuns.$inferSelect,
  'name' | 'startedAtMs' | 'durationMs' | 'outcome' | 'input' | 'result'
>): CallStory['tools'][number] => ({
  ...run,
  ...(input === null ? {} : { input }),
  ...(result === null ? {} : { result }),
})

/** The lists of a story as rows of their tables, by column name. */
export const rowsOf = (story: RecordedCall) => {
  const runs = story.tools.map(({ name, startedAtMs, durationMs, outcome, input, result }) => ({
    input: input === undefined ? null : JSON.stringify(input),
    result: result === undefined ? null : JSON.stringify(result),
    name,
    started_at_ms: startedAtMs,
    duration_ms: durationMs,
    outcome,
  }))
  const marks = Object.entries(story.latency).flatMap(([measure, all]) => all.map((ms) => ({ measure, ms })))
  const said = story.turns.map(({ speaker, text, atMs, ...time }) => ({
    speaker,
    text,
    at_ms: atMs,
    started_ms: time.startedMs,
    ended_at_ms: time.endedMs,
    sent_ms: time.sentMs,
    heard_ms: time.heardMs,
    is_cut: time.cut,
    latency_ms: time.latencyMs,
    delta_ms: time.deltaMs,
    generated_ms: time.generatedMs,
    unheard: time.unheard,
    usage: time.usage === undefined ? undefined : JSON.stringify(time.usage),
  }))
  const failed = (story.problems ?? []).map(({ code, message, atMs }) => ({ code, message, at_ms: atMs }))
  const tried = story.transfers.map(({ atMs, ...transfer }) => ({ ...transfer, at_ms: atMs }))
  const spoken = (story.speech ?? []).map(({ startedMs, endedMs, as, clearedAfterMs }) => ({
    started_ms: startedMs,
    ended_at_ms: endedMs,
    taken_as: as,
    cleared_after_ms: clearedAfterMs,
  }))
  const gone = (story.phases ?? []).map(({ phase, atMs }) => ({ phase, at_ms: atMs }))
  return { runs, marks, said, failed, tried, spoken, gone }
}
