import { LINE_RATE } from './ulaw.ts'

/** How the microphone is used: what the device check finds, and what a person may choose instead. */
export type SoundChoice = 'headphones' | 'speakers' | 'takeTurns'

/** From here on, the noise is in what was heard. Chance alone stays below 0.07 for half a second. */
const HEARD_FROM = 0.12
/** The longest way from the loudspeaker to the microphone, through every buffer (samples). */
const LONGEST_WAY = LINE_RATE * 0.6

/** White noise for the device check, quiet enough not to startle; the same every time. */
export const checkNoise = (samples: number): Float32Array<ArrayBuffer> => {
  let seed = 0x2545f491
  return Float32Array.from({ length: samples }, () => {
    seed ^= seed << 13
    seed ^= seed >>> 17
    seed ^= seed << 5
    return ((seed | 0) / 2 ** 31) * 0.15
  })
}

/** How much of `played` is in `heard`, between 0 and 1: the highest normalised correlation at any delay up to 0.6 s. */
export const echoStrength = (played: Float32Array, heard: Float32Array): number => {
  const energy = (sound: Float32Array): number => sound.reduce((sum, sample) => sum + sample * sample, 0)
  const ofPlayed = energy(played)
  let ofHeard = energy(heard.subarray(0, played.length))
  let strongest = 0
  const last = Math.min(LONGEST_WAY, heard.length - played.length)
  for (let delay = 0; delay <= last; delay++) {
    let sum = 0
    for (let at = 0; at < played.length; at++) sum += played[at]! * heard[delay + at]!
    const norm = Math.sqrt(ofPlayed * ofHeard)
    if (norm > 1e-6) strongest = Math.max(strongest, Math.abs(sum) / norm)
    ofHeard += (heard[delay + played.length] ?? 0) ** 2 - heard[delay]! ** 2
  }
  return strongest
}

/** Whether the microphone hears what is played. */
export const isHeard = (played: Float32Array, heard: Float32Array): boolean => echoStrength(played, heard) >= HEARD_FROM
