/** Answering machine detection, by what is heard: short speech and silence is a person, long speech a machine, a tone the end of its greeting. */
import { decodeUlaw, rms } from './ulaw.ts'
import { FRAME_MS } from './frame-clock.ts'
import { LOUD } from './line.ts'
import type { AnsweredBy } from './types.ts'

/** Twilio's parameters, in ms. */
export interface DetectionSettings {
  /** `DetectMessageEnd`: waits until the machine's greeting is over; otherwise the verdict comes as soon as it is clear. */
  waitsForEnd: boolean
  timeoutMs: number
  /** Speech longer than this is a machine's. */
  speechThresholdMs: number
  /** Silence after speech that ends it. */
  speechEndMs: number
  /** Silence from the start after which nothing is known. */
  silenceMs: number
}

/** What Twilio takes when a request does not say otherwise. */
export const usualDetection = {
  timeoutMs: 30_000,
  speechThresholdMs: 2400,
  speechEndMs: 1200,
  silenceMs: 5000,
} as const

/** Listens to one call from the moment of answering. */
export interface MachineDetector {
  /** Takes 160 bytes of μ-law (20 ms); gives the verdict once. */
  push(frame: Buffer): AnsweredBy | undefined
  /** How long it has listened, in ms. */
  readonly listenedMs: number
}

const SHORTEST_TONE_MS = 160

/** Starts to listen. */
export function createMachineDetector(settings: DetectionSettings): MachineDetector {
  const { waitsForEnd, timeoutMs, speechThresholdMs, speechEndMs, silenceMs } = settings
  let atMs = 0
  let speechStartMs: number | undefined
  let lastLoudMs = 0
  let toneMs = 0
  let isMachine = false

  return {
    get listenedMs() {
      return atMs
    },
    push(frame) {
      const pcm = decodeUlaw(frame)
      const isLoud = rms(pcm) > LOUD
      const toneBeforeMs = toneMs
      toneMs = isLoud && isTone(pcm) ? toneMs + FRAME_MS : 0
      if (isLoud) speechStartMs ??= atMs
      atMs += FRAME_MS
      if (isLoud) lastLoudMs = atMs
      if (toneMs >= SHORTEST_TONE_MS) isMachine = true
      if (speechStartMs !== undefined && lastLoudMs - speechStartMs >= speechThresholdMs) isMachine = true

      if (isMachine && !waitsForEnd) return 'machine_start'
      if (isMachine && toneBeforeMs >= SHORTEST_TONE_MS && toneMs === 0) return 'machine_end_beep'
      if (speechStartMs !== undefined && atMs - lastLoudMs >= speechEndMs)
        return isMachine ? 'machine_end_silence' : 'human'
      if (speechStartMs === undefined && atMs >= silenceMs) return 'unknown'
      if (atMs >= timeoutMs) return isMachine ? 'machine_end_other' : 'unknown'
      return undefined
    },
  }
}

const [LOWEST_HZ, HIGHEST_HZ, STEP_HZ] = [400, 2000, 25] as const
// A sine between two steps still gives 0.81; voices stay below for all but single frames.
const PURE = 0.75

/** Whether one frequency holds nearly all the energy (Goertzel's algorithm, over one frame). */
function isTone(pcm: Int16Array): boolean {
  let energy = 0
  for (const sample of pcm) energy += sample * sample
  for (let hz = LOWEST_HZ; hz <= HIGHEST_HZ; hz += STEP_HZ) {
    const factor = 2 * Math.cos((2 * Math.PI * hz) / 8000)
    let [before, last] = [0, 0]
    for (const sample of pcm) [before, last] = [last, sample + factor * last - before]
    const power = before * before + last * last - factor * before * last
    if ((2 * power) / (pcm.length * energy) >= PURE) return true
  }
  return false
}
