/** The outside world in a box, on loopback: a Realtime server, a Twilio, and callers with voices. */
export { createEar, type Ear, type EarOptions, type Heard } from './speech/ear.ts'
export {
  decodeUlaw,
  encodeUlaw,
  resampleTo8k,
  rms,
  ulawMs,
  ulawRms,
  ulawSilence,
} from '@llc-phone/virtual-carrier/ulaw'
export { createVad, type Vad } from './speech/vad.ts'
export { createVoice, speak, voices, type Speaker, type Voice } from '@llc-phone/virtual-carrier/voice'
export { readWav, writeStereoWav } from '@llc-phone/virtual-carrier/wav'
export { parseDialogue, phrasesOf, type Dialogue } from './realtime/dialogue.ts'
export { shippedDialogues } from './realtime/find-dialogues.ts'
export { usualLatency, type Faults, type Latency } from './realtime/faults.ts'
export { createRealtimeServer, type RealtimeServer, type RealtimeServerOptions } from './realtime/server.ts'
export type { RealtimeSession } from './realtime/session.ts'
export type { LogEntry, SessionLog } from './realtime/session-log.ts'
export { makeCertificate, type Certificate } from './tls/certificate.ts'
export type { ReachOptions } from '@llc-phone/virtual-carrier/reach'
export type { TlsOption } from './tls/serve-tls.ts'
export { developmentEnv, loadDotEnv, type DevelopmentEnv } from './dev.ts'
export { measureCall, spreadOf, type CallReport, type Spread, type Truncation } from './report/measure.ts'
export { renderReport } from './report/render.ts'
export {
  answeringMachine,
  recordedAfterBeep,
  type AnsweringMachineOptions,
} from '@llc-phone/virtual-carrier/answering-machine'
export { createTwilio, type SimTwilio, type TwilioOptions } from './twilio/create-twilio.ts'
export type { RecordedRequest } from './twilio/rest-faults.ts'
export type {
  AnsweredBy,
  CallerStep,
  CallResult,
  CallStatus,
  FarEnd,
  MediaFaults,
  NumberConfig,
  PlaceCallOptions,
  RestFault,
  SimCall,
  TimelineEntry,
  TimelineType,
  TwilioFaults,
  TwilioNotice,
} from '@llc-phone/virtual-carrier/types'
