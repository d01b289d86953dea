/** Measures a call at the caller's ear. What each figure means is defined in docs/guides/test-any-gateway.md. */
import type { CallResult, TimelineEntry } from '@llc-phone/virtual-carrier/types'
import { heardOf } from './heard-of.ts'
import { overlapMs, soundsOn, type Sound } from './sounds.ts'

/** What the model was told: of this sentence the caller has heard so much. Times are those of the call. */
export interface Truncation {
  atMs: number
  toldMs: number
  /** The whole sentence, 8 kHz μ-law. */
  audio: Uint8Array
}

/** Nearest-rank percentiles of what was measured; absent when nothing was. */
export interface Spread {
  count: number
  p50?: number
  p95?: number
  max?: number
}

/** All figures, in ms; null where something did not happen. */
export interface CallReport {
  /** From the answer to the end of the call. */
  callMs: number
  firstAudio: { afterAnswerMs: number | null; afterWebhookMs: number | null }
  turns: { text: string; endedAtMs: number; answeredAfterMs: number | null }[]
  answers: Spread
  interruptions: { text: string; atMs: number; silentAfterMs: number }[]
  silences: Spread
  /** Null when the model is not ours, so that nobody knows what it was told. */
  truncations: { atMs: number; toldMs: number; heardMs: number | null; errorMs: number | null }[] | null
  deadAir: { spans: { fromMs: number; forMs: number }[]; longestMs: number; totalMs: number }
  talkOverMs: number
  clears: number
  marks: { sent: number; echoed: number }
}

const DEAD_AIR_MS = 1000
const NEAR_CUT_MS = 1500
const KEYS_APART_MS = 1000

/** Something the caller did that is owed an answer. */
interface Act extends Sound {
  text: string
}

/** The figures of a call that is over; without `truncations` the model was none of ours. */
export function measureCall(
  call: Pick<CallResult, 'timeline' | 'tracks'>,
  truncations?: readonly Truncation[],
): CallReport {
  const { timeline, tracks } = call
  const heard = soundsOn(tracks.heard)
  const spoken = soundsOn(tracks.caller)
  const at = (type: TimelineEntry['type']): number | undefined => timeline.find((entry) => entry.type === type)?.atMs
  const answeredMs = at('answered')
  const endMs = at('ended') ?? tracks.heard.length / 8
  const acts = actsOf(spoken, timeline)
  const first = heard.find(({ fromMs }) => fromMs >= (answeredMs ?? 0))
  const since = (startMs: number | undefined): number | null =>
    first && startMs !== undefined ? whole(first.fromMs - startMs) : null

  const turns = acts.map((act, index) => {
    const nextMs = acts[index + 1]?.fromMs ?? endMs
    const interrupted = heard.find(({ fromMs, untilMs }) => fromMs < act.fromMs && untilMs > act.fromMs)
    const isGoing = heard.some(
      ({ fromMs, untilMs }) => fromMs >= act.fromMs && fromMs < act.untilMs && untilMs > act.untilMs,
    )
    const answer = heard.find(({ fromMs }) => fromMs >= act.untilMs && fromMs < nextMs)
    const answeredAfterMs = isGoing ? 0 : answer ? whole(answer.fromMs - act.untilMs) : null
    // Who did not stop speaking owes nothing yet.
    const owedMs = isGoing ? nextMs : Math.max(act.untilMs, interrupted?.untilMs ?? 0)
    return { act, interrupted, answeredAfterMs, silence: { fromMs: owedMs, untilMs: answer?.fromMs ?? nextMs } }
  })
  const greeting =
    answeredMs === undefined
      ? []
      : [{ fromMs: answeredMs, untilMs: Math.min(first?.fromMs ?? endMs, acts[0]?.fromMs ?? endMs) }]
  const spans = [...greeting, ...turns.map(({ silence }) => silence)]
    .map(({ fromMs, untilMs }) => ({ fromMs: whole(fromMs), forMs: whole(untilMs - fromMs) }))
    .filter(({ forMs }) => forMs > DEAD_AIR_MS)
  const interruptions = turns.flatMap(({ act, interrupted }) =>
    interrupted
      ? [{ text: act.text, atMs: whole(act.fromMs), silentAfterMs: whole(interrupted.untilMs - act.fromMs) }]
      : [],
  )
  const answered = turns.flatMap(({ answeredAfterMs }) => answeredAfterMs ?? [])

  return {
    callMs: answeredMs === undefined ? 0 : whole(endMs - answeredMs),
    firstAudio: { afterAnswerMs: since(answeredMs), afterWebhookMs: since(at('webhook')) },
    turns: turns.map(({ act, answeredAfterMs }) => ({
      text: act.text,
      endedAtMs: whole(act.untilMs),
      answeredAfterMs,
    })),
    answers: spreadOf(answered),
    interruptions,
    silences: spreadOf(interruptions.map(({ silentAfterMs }) => silentAfterMs)),
    truncations: truncations?.map((one) => errorOf(one, tracks.heard, timeline, heard)) ?? null,
    deadAir: {
      spans,
      longestMs: Math.max(0, ...spans.map(({ forMs }) => forMs)),
      totalMs: spans.reduce((sum, { forMs }) => sum + forMs, 0),
    },
    talkOverMs: whole(overlapMs(spoken, heard)),
    clears: timeline.filter(({ type }) => type === 'clear').length,
    marks: {
      sent: timeline.filter(({ type }) => type === 'mark').length,
      echoed: timeline.filter(({ type }) => type === 'mark-echoed').length,
    },
  }
}

/** What the caller said, by its sound, and the keys they pressed; one after the other. */
function actsOf(spoken: readonly Sound[], timeline: readonly TimelineEntry[]): Act[] {
  const words = timeline.filter(({ type }) => type === 'caller-start')
  const said = spoken.map((sound) => {
    const word = words.findLast(({ atMs }) => atMs <= sound.fromMs + PAUSE_BEFORE_MS)
    return { ...sound, text: word?.text ?? '' }
  })
  const keys: Act[] = []
  for (const { type, atMs, digits = '' } of timeline) {
    if (type !== 'dtmf') continue
    const last = keys.at(-1)
    if (last && atMs - last.untilMs < KEYS_APART_MS) Object.assign(last, { untilMs: atMs, text: last.text + digits })
    else keys.push({ fromMs: atMs, untilMs: atMs, text: digits })
  }
  const pressed = keys.map((key) => ({ ...key, text: `key ${key.text}` }))
  return [...said, ...pressed].toSorted((a, b) => a.fromMs - b.fromMs)
}

/** The timeline notes an utterance with the silence it begins with. */
const PAUSE_BEFORE_MS = 40

function errorOf(
  { atMs, toldMs, audio }: Truncation,
  track: Uint8Array,
  timeline: readonly TimelineEntry[],
  heard: readonly Sound[],
) {
  const near = timeline
    .filter(
      ({ type, tookMs = 0, ...entry }) => type === 'clear' && tookMs > 0 && Math.abs(entry.atMs - atMs) < NEAR_CUT_MS,
    )
    .toSorted((a, b) => Math.abs(a.atMs - atMs) - Math.abs(b.atMs - atMs))[0]
  // Without a `clear` the sound just ends.
  const cutMs = near?.atMs ?? heard.findLast(({ fromMs }) => fromMs < atMs)?.untilMs ?? atMs
  const heardMs = heardOf(track, audio, cutMs) ?? null
  const told = whole(toldMs)
  return { atMs: whole(atMs), toldMs: told, heardMs, errorMs: heardMs === null ? null : told - heardMs }
}

/** Percentiles by nearest rank. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!
  return sorted.length === 0
    ? { count: 0 }
    : { count: sorted.length, p50: rank(0.5), p95: rank(0.95), max: sorted.at(-1)! }
}

const whole = (ms: number): number => Math.round(ms)
