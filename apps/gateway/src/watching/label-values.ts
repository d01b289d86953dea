import {
  gates,
  gatewayErrorCodes,
  noRoomReasons,
  type LoadLevel,
  type PoolOutcome,
  type RefreshResult,
  type ToolRun,
} from '@llc-phone/core'
import type { DeliveryResult } from '@llc-phone/delivery'
import { instanceStates } from '@llc-phone/store'
import type { Counter } from 'prom-client'
import type { RecordingOutcome } from '../recording/recorder.ts'
import { dispositions } from './why.ts'

/** Every word of a union: the compiler tells when one is missing. */
const all = <Word extends string>(words: Readonly<Record<Word, true>>): readonly Word[] => Object.keys(words) as Word[]

/** `resumed`; `mode_gone`: its mode is not configured any more; `unreadable`: another version has written it; `lost`: another process was faster; `failed`: the journal did not answer; `poisoned`: its processes died soon after they had taken it over; `full`: this process has as many calls as it takes. */
export type AdoptionResult = 'resumed' | 'mode_gone' | 'unreadable' | 'lost' | 'failed' | 'poisoned' | 'full'

/** `fetched`: the carrier was told to ask this process; `closed`: the leg had ended; `away`: the caller is with somebody else, and the carrier asks afterwards; `lost`: another process was faster; `failed`: the carrier did not answer. */
export type RescueResult = 'fetched' | 'closed' | 'away' | 'lost' | 'failed'

/** What is delivered: a message that was taken, or the end of a call that we placed. */
export type DeliveryKind = 'message' | 'completion'

/** What the retention job deletes. */
export type Forgettable = 'words' | 'toolData' | 'callLogs' | 'recordings' | 'messages' | 'turnedAway' | 'erased'

const loadLevels = all<LoadLevel>({ normal: true, tight: true, full: true })

/**
 * The values that the labels of our metrics can have, known beforehand: their series begin at 0, because a series that begins
 * with 1 shows no increase. Modes and tools are those of the settings; `problem` has the model server's codes beside these.
 */
export const labelValues = {
  disposition: dispositions,
  direction: all<'inbound' | 'outbound'>({ inbound: true, outbound: true }),
  toolOutcome: all<ToolRun['outcome']>({ done: true, failed: true, timed_out: true, aborted: true }),
  greeting: all<'recording' | 'model'>({ recording: true, model: true }),
  refresh: all<RefreshResult>({ replaced: true, failed: true, lost: true }),
  tokens: [
    'text_input',
    'audio_input',
    'cached_text_input',
    'cached_audio_input',
    'text_output',
    'audio_output',
    'transcription_text_input',
    'transcription_audio_input',
    'transcription_text_output',
  ],
  cached: ['yes', 'no'],
  problem: [...gatewayErrorCodes, 'look_up_failed', 'tool_failed', 'other'],
  refused: gatewayErrorCodes,
  outage: gatewayErrorCodes.filter((code) => code.startsWith('model_')),
  prewarm: ['used', 'late', 'refused', 'wasted'],
  load: loadLevels,
  forgotten: all<Forgettable>({
    words: true,
    toolData: true,
    callLogs: true,
    recordings: true,
    messages: true,
    turnedAway: true,
    erased: true,
  }),
  recording: all<RecordingOutcome>({ kept: true, failed: true }),
  turnedAway: [...noRoomReasons, 'unjoined', 'caller', 'fleet', 'outage', 'not_built', 'draining', 'role'],
  adoption: all<AdoptionResult>({
    resumed: true,
    mode_gone: true,
    unreadable: true,
    lost: true,
    failed: true,
    poisoned: true,
    full: true,
  }),
  rescue: all<RescueResult>({ fetched: true, closed: true, away: true, lost: true, failed: true }),
  misrouted: ['alive', 'gone'],
  instanceState: instanceStates,
  defect: ['rejection', 'exception'],
  outbound: [...dispositions, 'refused', 'failed'].filter((word, index, words) => words.indexOf(word) === index),
  gate: gates,
  pool: all<PoolOutcome>({
    opened: true,
    used: true,
    missed: true,
    expired: true,
    surplus: true,
    replaced: true,
    lost: true,
    refused: true,
  }),
  deliveryKind: all<DeliveryKind>({ message: true, completion: true }),
  delivery: all<DeliveryResult>({ delivered: true, failed: true, given_up: true }),
} as const

/** Begins the series of a counter at 0 for every combination of the values. */
export const beginAtZero = <Label extends string>(
  counter: Counter<Label>,
  values: Readonly<Record<Label, readonly string[]>>,
): void => {
  const names = Object.keys(values) as Label[]
  const combinations = names.reduce<Partial<Record<Label, string>>[]>(
    (found, name) => found.flatMap((labels) => values[name].map((value) => ({ ...labels, [name]: value }))),
    [{}],
  )
  for (const labels of combinations) counter.inc(labels, 0)
}
