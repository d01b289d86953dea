import { base64Bytes, ULAW_BYTES_PER_MS } from '../audio.ts'

/** Mean level that counts as a voice: about -38 dBFS, above line noise and breathing. */
const VOICE_LEVEL = 400
/** Echo of our own voice comes back at least 10 dB down; a caller speaking over us does not. */
const ECHO_SHARE = 0.35
/** An echo takes this long to come back over a telephone network and a speakerphone. */
const ECHO_DELAY_MS = 500
/** Deltas: what was heard is let go of from so many on. */
const FEW = 32
/** Minutes of speech: more is not kept, heard or not. */
const MAX_KEPT = 1_000
/** Our idea of what is being heard is this exact. */
const SLACK_MS = 100
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

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** The six bits that a character of base64 stands for. */
const sextet = new Uint8Array(128)
for (const [bits, character] of [...ALPHABET].entries()) sextet[character.charCodeAt(0)] = bits

/** So many samples, spread evenly, tell the level of a delta to within a decibel or two. */
const SAMPLES = 64
/** Three bytes are four characters. */
const GROUP_CHARS = 4

/** The level of our own audio, read from single characters: what is sent on its way is neither decoded nor kept. */
const sampledLevel = (payload: string): number => {
  const step = GROUP_CHARS * Math.max(1, Math.floor(payload.length / GROUP_CHARS / SAMPLES))
  let sum = 0
  let count = 0
  for (let at = 0; at + 1 < payload.length; at += step, count++) {
    const high = sextet[payload.charCodeAt(at) & 127]! << 2
    sum += magnitude[(high | (sextet[payload.charCodeAt(at + 1) & 127]! >> 4)) & 0xff]!
  }
  return count === 0 ? 0 : sum / count
}

/** Whether a frame is louder than a quiet line. */
export const isVoice = (payload: string): boolean => levelOf(payload).level > VOICE_LEVEL

/** Tells the caller's speech over the assistant from a cough, an "mm-hm" or our own echo, by length and level. */
export interface SpeechMeter {
  /** Audio of ours that the caller will hear after all that was sent before: its echo may have to be told from speech. */
  sent(payload: string, heardMs: () => number): void
  /** What was sent has been thrown away. */
  clear(): void
  /** Starts weighing; `onSpeech` is called once there was as much voice as this. */
  weigh(minSpeechMs: number, onSpeech: () => void): void
  /** The caller's turn is over. */
  rest(): void
  /** Whether a frame of the caller's, while `heardMs` of what was sent has been heard, is louder than the line and our echo. */
  isSpeech(payload: string, heardMs: () => number): boolean
  /** A frame of the caller's, while `heardMs` of what was sent has been heard. Costs nothing unless it is being weighed. */
  frame(payload: string, heardMs: () => number): void
}

interface Sent {
  readonly untilMs: number
  readonly level: number
}

/** Creates a meter that weighs nothing yet. */
export const createSpeechMeter = (): SpeechMeter => {
  let minSpeechMs = 0
  let onSpeech: (() => void) | undefined
  let voicedMs = 0
  let sentMs = 0
  let own: Sent[] = []
  let many = FEW

  const forgetHeard = (heardMs: number): void => {
    own = own.filter(({ untilMs }) => untilMs > heardMs - ECHO_DELAY_MS).slice(-MAX_KEPT)
  }

  /** The loudest of ours that could be echoing now. */
  const ownLevel = (heardMs: number): number => {
    forgetHeard(heardMs)
    const next = own.findIndex(({ untilMs }) => untilMs > heardMs + SLACK_MS)
    const sounding = next < 0 ? own : own.slice(0, next + 1)
    return Math.max(0, ...sounding.map(({ level }) => level))
  }

  const isLoud = (level: number, heardMs: () => number): boolean =>
    level > Math.max(VOICE_LEVEL, ownLevel(heardMs()) * ECHO_SHARE)

  return {
    sent(payload, heardMs) {
      sentMs += base64Bytes(payload) / ULAW_BYTES_PER_MS
      own.push({ untilMs: sentMs, level: sampledLevel(payload) })
      if (own.length < many) return
      forgetHeard(heardMs())
      // What is still to be heard stays: it is not looked through again for each frame.
      many = Math.max(FEW, 2 * own.length)
    },
    clear() {
      sentMs = 0
      own = []
    },
    weigh(atLeastMs, report) {
      minSpeechMs = atLeastMs
      onSpeech = report
      voicedMs = 0
    },
    rest() {
      onSpeech = undefined
    },
    isSpeech: (payload, heardMs) => isLoud(levelOf(payload).level, heardMs),
    frame(payload, heardMs) {
      if (!onSpeech) return
      const { level, durationMs } = levelOf(payload)
      voicedMs = isLoud(level, heardMs) ? voicedMs + durationMs : Math.max(0, voicedMs - durationMs * PAUSE_COUNTS)
      if (voicedMs < minSpeechMs) return
      const report = onSpeech
      onSpeech = undefined
      report()
    },
  }
}
