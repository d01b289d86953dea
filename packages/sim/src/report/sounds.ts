/** When somebody is heard on a track. */
import { FRAME_BYTES, FRAME_MS } from '@llc-phone/virtual-carrier/frame-clock'
import { LOUD } from '@llc-phone/virtual-carrier/line'
import { ulawRms } from '@llc-phone/virtual-carrier/ulaw'

/** A stretch of sound, in ms since the track began. */
export interface Sound {
  fromMs: number
  untilMs: number
}

/** A pause that is shorter belongs to the sentence. */
const PAUSE_MS = 400

/** The stretches of sound on a μ-law track, to 20 ms; a click of one frame is none. */
export function soundsOn(track: Uint8Array): Sound[] {
  const sounds: Sound[] = []
  let loudFrames = 0
  for (let at = 0, ms = 0; at < track.length; at += FRAME_BYTES, ms += FRAME_MS) {
    if (ulawRms(track.subarray(at, at + FRAME_BYTES)) <= LOUD) {
      loudFrames = 0
      continue
    }
    loudFrames++
    const last = sounds.at(-1)
    if (last && ms - last.untilMs < PAUSE_MS) last.untilMs = ms + FRAME_MS
    else if (loudFrames === 2) sounds.push({ fromMs: ms - FRAME_MS, untilMs: ms + FRAME_MS })
  }
  return sounds
}

/** How long both sound at the same time, in ms. */
export const overlapMs = (ours: readonly Sound[], theirs: readonly Sound[]): number =>
  ours
    .flatMap((one) => theirs.map((other) => Math.min(one.untilMs, other.untilMs) - Math.max(one.fromMs, other.fromMs)))
    .reduce((sum, ms) => sum + Math.max(0, ms), 0)
