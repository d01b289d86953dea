import { FRAME_BYTES, SILENCE_BYTE, ULAW_BYTES_PER_MS } from '@llc-phone/core'

/** Loudness is measured over 10 ms. */
const WINDOW_BYTES = 10 * ULAW_BYTES_PER_MS
/** Margin kept on both sides of speech: soft consonants begin and end below the threshold. */
const MARGIN_WINDOWS = 4
/** Audio quieter than the loudest moment by more than this is background noise. */
const BELOW_PEAK_DB = 32
/** Speech that never gets louder than this is inaudible. */
const AUDIBLE_DBFS = -42

/** The 16-bit sample that a byte of μ-law stands for. */
const sampleOf = (byte: number): number => {
  const bits = ~byte & 0xff
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits >> 4) & 7)) - 0x84
  return bits & 0x80 ? -magnitude : magnitude
}

/** Root mean square in dB below full scale; silence is `-Infinity`. */
export const levelOf = (ulaw: Uint8Array): number => {
  let sum = 0
  for (const byte of ulaw) sum += sampleOf(byte) ** 2
  return 10 * Math.log10(sum / Math.max(1, ulaw.length) / 32_768 ** 2)
}

/** The level of each 10 ms, in order. */
export const levelsOf = (ulaw: Uint8Array): number[] =>
  Array.from({ length: Math.ceil(ulaw.length / WINDOW_BYTES) }, (_, index) =>
    levelOf(ulaw.subarray(index * WINDOW_BYTES, (index + 1) * WINDOW_BYTES)),
  )

/** The speech in `ulaw` without the silence around it, in whole frames; nothing when there is no speech. */
export const trimSilence = (ulaw: Uint8Array): Buffer | undefined => {
  const levels = levelsOf(ulaw)
  const loudest = Math.max(Number.NEGATIVE_INFINITY, ...levels)
  if (loudest < AUDIBLE_DBFS) return undefined
  const isSpeech = (level: number): boolean => level > loudest - BELOW_PEAK_DB
  const from = Math.max(0, levels.findIndex(isSpeech) - MARGIN_WINDOWS) * WINDOW_BYTES
  const until = (levels.findLastIndex(isSpeech) + 1 + MARGIN_WINDOWS) * WINDOW_BYTES
  const speech = ulaw.subarray(from, until)
  const frames = Buffer.alloc(Math.ceil(speech.length / FRAME_BYTES) * FRAME_BYTES, SILENCE_BYTE)
  frames.set(speech)
  return frames
}
