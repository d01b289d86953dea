/** What a sentence sounds like in numbers: cepstra per 16 ms, and how far two such sequences are apart. */
import { decodeUlaw } from '@llc-phone/virtual-carrier/ulaw'

const WINDOW = 256
const HOP = 128
const BANDS = 22
const CEPSTRA = 12
/** Numbers per frame: cepstra and their slopes. */
const WIDTH = CEPSTRA * 2

/** One utterance, as `frames` rows of `WIDTH` numbers. */
export interface Features {
  frames: number
  rows: Float32Array
}

const hamming = Float64Array.from(
  { length: WINDOW },
  (_, i) => 0.54 - 0.46 * Math.cos((2 * Math.PI * i) / (WINDOW - 1)),
)
const cosines = Float64Array.from({ length: CEPSTRA * BANDS }, (_, i) => {
  const row = Math.floor(i / BANDS)
  return Math.cos((Math.PI * (row + 1) * ((i % BANDS) + 0.5)) / BANDS)
})

/** Mel cepstra of μ-law speech, silence at both ends cut, mean removed (so that level and line do not matter); undefined for silence. */
export function extractFeatures(ulaw: Uint8Array): Features | undefined {
  const pcm = decodeUlaw(ulaw)
  const total = Math.floor((pcm.length - WINDOW) / HOP) + 1
  if (total < 8) return undefined
  const energies = Float64Array.from({ length: total }, (_, frame) => {
    let sum = 1
    for (let i = 0; i < WINDOW; i++) sum += pcm[frame * HOP + i]! ** 2
    return Math.log10(sum / WINDOW) * 10
  })
  // Speech is what lies within 30 dB of the loudest frame and above the noise floor of the coding.
  const floor = Math.max(Math.max(...energies) - 30, 30)
  const first = energies.findIndex((energy) => energy > floor)
  const last = energies.findLastIndex((energy) => energy > floor)
  const frames = last - first + 1
  if (first < 0 || frames < 8) return undefined

  const cepstra = new Float64Array(frames * CEPSTRA)
  for (let frame = 0; frame < frames; frame++) {
    addCepstra(pcm, (first + frame) * HOP, cepstra, frame * CEPSTRA)
  }
  for (let c = 0; c < CEPSTRA; c++) {
    let mean = 0
    for (let frame = 0; frame < frames; frame++) mean += cepstra[frame * CEPSTRA + c]! / frames
    for (let frame = 0; frame < frames; frame++) cepstra[frame * CEPSTRA + c]! -= mean
  }
  const rows = new Float32Array(frames * WIDTH)
  for (let frame = 0; frame < frames; frame++) {
    const before = Math.max(0, frame - 2) * CEPSTRA
    const after = Math.min(frames - 1, frame + 2) * CEPSTRA
    for (let c = 0; c < CEPSTRA; c++) {
      rows[frame * WIDTH + c] = cepstra[frame * CEPSTRA + c]!
      rows[frame * WIDTH + CEPSTRA + c] = cepstra[after + c]! - cepstra[before + c]!
    }
  }
  return { frames, rows }
}

/** Mean distance along the best alignment (dynamic time warping within a band); `giveUpAt` cuts hopeless ones short with Infinity. */
export function distanceBetween(a: Features, b: Features, giveUpAt = Number.POSITIVE_INFINITY): number {
  const longer = Math.max(a.frames, b.frames)
  if (longer > 2 * Math.min(a.frames, b.frames)) return Number.POSITIVE_INFINITY
  const band = Math.max(12, Math.round(longer * 0.2))
  const steps = a.frames + b.frames
  let previous = new Float64Array(b.frames + 1).fill(Number.POSITIVE_INFINITY)
  let current = new Float64Array(b.frames + 1)
  previous[0] = 0
  for (let i = 1; i <= a.frames; i++) {
    current.fill(Number.POSITIVE_INFINITY)
    const centre = Math.round((i * b.frames) / a.frames)
    const to = Math.min(b.frames, centre + band)
    let best = Number.POSITIVE_INFINITY
    for (let j = Math.max(1, centre - band); j <= to; j++) {
      let sum = 0
      const rowA = (i - 1) * WIDTH
      const rowB = (j - 1) * WIDTH
      for (let k = 0; k < WIDTH; k++) {
        const difference = a.rows[rowA + k]! - b.rows[rowB + k]!
        sum += difference * difference
      }
      const cost = Math.sqrt(sum)
      // The diagonal counts double, so that every path has the same weight: the sum of both lengths.
      const total = Math.min(previous[j]! + cost, current[j - 1]! + cost, previous[j - 1]! + 2 * cost)
      current[j] = total
      if (total < best) best = total
    }
    if (best / steps > giveUpAt) return Number.POSITIVE_INFINITY
    ;[previous, current] = [current, previous]
  }
  return previous[b.frames]! / steps
}

function addCepstra(pcm: Int16Array, at: number, out: Float64Array, outAt: number): void {
  const real = new Float64Array(WINDOW)
  const imaginary = new Float64Array(WINDOW)
  for (let i = 0; i < WINDOW; i++) {
    const sample = pcm[at + i]!
    const before = at + i > 0 ? pcm[at + i - 1]! : 0
    real[i] = (sample - 0.97 * before) * hamming[i]!
  }
  fft(real, imaginary)
  const logs = melBands.map((band) => {
    // 1e4 keeps μ-law quantisation noise in quiet bands from counting as sound.
    let energy = 1e4
    for (const [bin, weight] of band) energy += weight * (real[bin]! ** 2 + imaginary[bin]! ** 2)
    return Math.log(energy)
  })
  for (let c = 0; c < CEPSTRA; c++) {
    let sum = 0
    for (let band = 0; band < BANDS; band++) sum += logs[band]! * cosines[c * BANDS + band]!
    // Higher cepstra are smaller; a gentle lifter lets them count.
    out[outAt + c] = sum * (1 + 0.12 * c)
  }
}

const toMel = (hertz: number) => 2595 * Math.log10(1 + hertz / 700)
const toHertz = (mel: number) => 700 * (10 ** (mel / 2595) - 1)

function createMelBands(): (readonly [bin: number, weight: number])[][] {
  const [low, high] = [toMel(120), toMel(3800)]
  const edges = Array.from({ length: BANDS + 2 }, (_, i) => toHertz(low + ((high - low) * i) / (BANDS + 1)))
  return Array.from({ length: BANDS }, (_, band) => {
    const [from, centre, to] = [edges[band]!, edges[band + 1]!, edges[band + 2]!]
    const bins: (readonly [number, number])[] = []
    for (let bin = 0; bin <= WINDOW / 2; bin++) {
      const at = (bin * 8000) / WINDOW
      const weight = at < centre ? (at - from) / (centre - from) : (to - at) / (to - centre)
      if (weight > 0) bins.push([bin, weight])
    }
    return bins
  })
}

const melBands = createMelBands()

/** In-place radix-2 transform of WINDOW points. */
function fft(real: Float64Array, imaginary: Float64Array): void {
  for (let i = 1, j = 0; i < WINDOW; i++) {
    let bit = WINDOW >> 1
    for (; j & bit; bit >>= 1) j ^= bit
    j ^= bit
    if (i < j) [real[i], real[j]] = [real[j]!, real[i]!]
  }
  for (let size = 2; size <= WINDOW; size <<= 1) {
    const angle = (-2 * Math.PI) / size
    for (let k = 0; k < size / 2; k++) {
      const [wr, wi] = [Math.cos(angle * k), Math.sin(angle * k)]
      for (let a = k; a < WINDOW; a += size) {
        const b = a + size / 2
        const [tr, ti] = [wr * real[b]! - wi * imaginary[b]!, wr * imaginary[b]! + wi * real[b]!]
        real[b] = real[a]! - tr
        imaginary[b] = imaginary[a]! - ti
        real[a]! += tr
        imaginary[a]! += ti
      }
    }
  }
}
