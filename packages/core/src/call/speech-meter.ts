import { base64Bytes, ULAW_BYTES_PER_MS } from '../audio.ts'

/** Mean level that counts as a voice: about -38 dBFS, above line noise and breathing. */
const VOICE_LEVEL = 400
/** Echo of our audio comes back at least 10 dB quieter; a caller speaking over us is louder than that. */
const ECHO_SHARE = 0.35
/** An echo takes this long to come back over a telephone network and a speakerphone. */
const ECHO_DELAY_MS = 500
/** Number of deltas from which heard ones are removed. */
const FEW = 32
/** Deltas kept at most: minutes of speech. */
const MAX_KEPT = 1_000
/** Accuracy of the playout position. */
const SLACK_MS = 100
/** Silence reduces the speech counted so far at this rate: a pause twice as long as the speech resets it. */
const PAUSE_COUNTS = 0.5

/** G.711: the magnitude a μ-law byte stands for, 0 to 32,124. */
const magnitude = Uint16Array.from({ length: 256 }, (_, byte) => {
  const bits = ~byte & 0xff
  return ((((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84
})

const levelOf = (payload: string): { readonly level: number; readonly durationMs: number } => {
  const bytes = Buffer.from(payload, 'base64')
  let sum = 0
  // Every fourth sample is enough for the level.
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

/** Samples read of a delta; spread evenly, they give its level to within one or two decibels. */
const SAMPLES = 64
/** Characters of base64 for three bytes. */
const GROUP_CHARS = 4

/** The level of our own audio, from single base64 characters: nothing is decoded or kept on the way. */
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

/** Whether a frame is louder than line noise. */
export const isVoice = (payload: string): boolean => levelOf(payload).level > VOICE_LEVEL

/** Tells the caller's speech over the assistant from a cough, an "mm-hm" or our own echo, by length and level. */
export interface SpeechMeter {
  /** Notes the level of audio that was sent, to tell its echo from speech. */
  sent(payload: string, heardMs: () => number): void
  /** The queued audio was dropped. */
  clear(): void
  /** Starts counting speech; calls `onSpeech` once there was this much. */
  weigh(minSpeechMs: number, onSpeech: () => void): void
  /** Stops counting: the caller's turn is over. */
  rest(): void
  /** Whether a frame is louder than line noise and the echo of our audio; `heardMs` is the playout position. */
  isSpeech(payload: string, heardMs: () => number): boolean
  /** Counts a frame of the caller; `heardMs` is the playout position. `false`: nothing is being counted until `weigh`. */
  frame(payload: string, heardMs: () => number): boolean
}

interface Sent {
  readonly untilMs: number
  readonly level: number
}

/** Creates a meter that is not counting yet. */
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

  /** The loudest of our deltas that could be echoing now. */
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
      // Deltas still to be heard stay; avoid scanning them again for each one that is sent.
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
      if (!onSpeech) return false
      const { level, durationMs } = levelOf(payload)
      voicedMs = isLoud(level, heardMs) ? voicedMs + durationMs : Math.max(0, voicedMs - durationMs * PAUSE_COUNTS)
      if (voicedMs < minSpeechMs) return true
      const report = onSpeech
      onSpeech = undefined
      report()
      // The report may have asked for more.
      return onSpeech !== undefined
    },
  }
}
