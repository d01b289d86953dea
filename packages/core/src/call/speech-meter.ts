import { ULAW_BYTES_PER_MS } from '../audio.ts'

/** Mean level that counts as a voice: about -38 dBFS, above line noise and breathing. */
const VOICE_LEVEL = 400
/** Echo of our own voice comes back at least 10 dB down; a caller speaking over us does not. */
const ECHO_SHARE = 0.35
/** How much the memory of our own level fades per caller frame: half in about 200 ms. */
const FADE = 0.93
/** A pause this much longer than the speech before it starts the count again. */
const PAUSE_COUNTS = 0.5

/** G.711: the magnitude a μ-law byte stands for, 0 to 32,124. */
const magnitude = Uint16Array.from({ length: 256 }, (_, byte) => {
  const bits = ~byte & 0xff
  return ((((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84
})

const levelOf = (payload: string): { readonly level: number; readonly durationMs: number } => {
  const bytes = Buffer.from(payload, 'base64')
  let sum = 0
  // Every fourth sample tells the level as well as all of them.
  for (let index = 0; index < bytes.length; index += 4) sum += magnitude[bytes[index]!]!
  return {
    level: bytes.length === 0 ? 0 : sum / Math.ceil(bytes.length / 4),
    durationMs: bytes.length / ULAW_BYTES_PER_MS,
  }
}

/** Tells the caller's speech over the assistant from a cough, an "mm-hm" or our own echo, by length and level. */
export interface SpeechMeter {
  /** Audio of ours that the caller is about to hear. */
  played(payload: string): void
  /** Starts weighing; `onSpeech` is called once there was enough. */
  weigh(onSpeech: () => void): void
  /** The caller's turn is over. */
  rest(): void
  /** A frame of the caller's. Costs nothing unless it is being weighed. */
  frame(payload: string): void
}

/** `minSpeechMs`: how much voice it takes. */
export const createSpeechMeter = (minSpeechMs: number): SpeechMeter => {
  let onSpeech: (() => void) | undefined
  let voicedMs = 0
  let ownLevel = 0

  return {
    played(payload) {
      ownLevel = Math.max(ownLevel, levelOf(payload).level)
    },
    weigh(report) {
      onSpeech = report
      voicedMs = 0
    },
    rest() {
      onSpeech = undefined
    },
    frame(payload) {
      if (!onSpeech) return
      const { level, durationMs } = levelOf(payload)
      const isVoice = level > Math.max(VOICE_LEVEL, ownLevel * ECHO_SHARE)
      voicedMs = isVoice ? voicedMs + durationMs : Math.max(0, voicedMs - durationMs * PAUSE_COUNTS)
      ownLevel *= FADE
      if (voicedMs < minSpeechMs) return
      const report = onSpeech
      onSpeech = undefined
      report()
    },
  }
}
