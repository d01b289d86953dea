/** How much of one sentence reached an ear before it was cut. */
import { ulawRms } from '@llc-phone/virtual-carrier/ulaw'

const HOP_MS = 10
const HOP_BYTES = HOP_MS * 8
/** Weighs like 50 ms of speech, so that a few frames alike are no match. */
const DOUBT = 0.05
const WORST_MATCH = 0.4
const SHORTEST_HOPS = 6

/**
 * Finds the sentence in what was heard up to the cut, by its loudness over time: that survives another coding on the way. Returns
 * the ms of it that were heard, undefined when it is not there.
 */
export function heardOf(heard: Uint8Array, sentence: Uint8Array, cutAtMs: number): number | undefined {
  const ear = loudness(heard)
  const mouth = loudness(sentence)
  let best = { score: WORST_MATCH, hops: 0 }
  // The moment of a cut is known to a frame or two.
  for (let cut = Math.round(cutAtMs / HOP_MS) - 2; cut <= Math.round(cutAtMs / HOP_MS) + 4; cut++) {
    if (cut > ear.length) break
    for (let hops = SHORTEST_HOPS; hops <= Math.min(mouth.length, cut); hops++) {
      const score = mismatch(ear, cut - hops, mouth, hops)
      if (score < best.score) best = { score, hops }
    }
  }
  return best.hops === 0 ? undefined : best.hops * HOP_MS
}

/** 0 for the same, about 1 for something else. */
function mismatch(ear: readonly number[], from: number, mouth: readonly number[], hops: number): number {
  let difference = 0
  let energy = 0
  for (let i = 0; i < hops; i++) {
    const [a, b] = [ear[from + i]!, mouth[i]!]
    difference += (a - b) ** 2
    energy += (a ** 2 + b ** 2) / 2
  }
  return (difference + DOUBT) / (energy + DOUBT)
}

const loudness = (track: Uint8Array): number[] =>
  Array.from({ length: Math.floor(track.length / HOP_BYTES) }, (_, hop) =>
    ulawRms(track.subarray(hop * HOP_BYTES, (hop + 1) * HOP_BYTES)),
  )
