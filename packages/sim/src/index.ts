/** The outside world in a box, on loopback: a Realtime server, a Twilio, and callers with voices. */
export { createEar, type Ear, type EarOptions, type Heard } from './speech/ear.ts'
export { decodeUlaw, encodeUlaw, resampleTo8k, rms, ulawMs, ulawRms, ulawSilence } from './speech/ulaw.ts'
export { createVad, type Vad } from './speech/vad.ts'
export { createVoice, speak, voices, type Speaker, type Voice } from './speech/voice.ts'
export { readWav, writeStereoWav } from './speech/wav.ts'
