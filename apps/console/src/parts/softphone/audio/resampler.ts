/** Zero crossings of the filter on each side, at the lower of the two rates. 16 of them delay by 2 ms at 8 kHz. */
const CROSSINGS = 16
/** The pass band, as a share of the lower rate's half. */
const PASS_BAND = 0.92

const divisorOf = (a: number, b: number): number => (b === 0 ? a : divisorOf(b, a % b))

/** Changes the rate of a sound that comes piece by piece; keeps what it needs of one piece for the next. */
export interface Resampler {
  /** The samples that are complete with this piece. */
  push(piece: Float32Array): Float32Array
}

/** From one whole rate (Hz) to another, through a Hann-windowed sinc: whatever is above either half rate is removed. */
export const createResampler = (from: number, to: number): Resampler => {
  const divisor = divisorOf(from, to)
  const phases = to / divisor
  const step = from / divisor
  const ratio = Math.min(1, to / from)
  const half = Math.ceil(CROSSINGS / ratio)
  const filters = new Map<number, Float32Array>()

  const filterOf = (phase: number): Float32Array => {
    const known = filters.get(phase)
    if (known) return known
    const taps = Float64Array.from({ length: 2 * half }, (_, index) => {
      const x = index - half + 1 - phase / phases
      const angle = Math.PI * x * PASS_BAND * ratio
      return (angle === 0 ? 1 : Math.sin(angle) / angle) * (0.5 + 0.5 * Math.cos((Math.PI * x) / (half + 1)))
    })
    const gain = taps.reduce((sum, tap) => sum + tap, 0)
    const made = Float32Array.from(taps, (tap) => tap / gain)
    filters.set(phase, made)
    return made
  }

  let held: Float32Array = new Float32Array(half - 1)
  let centre = half - 1
  let phase = 0

  return {
    push(piece) {
      const all = new Float32Array(held.length + piece.length)
      all.set(held)
      all.set(piece, held.length)
      const out = new Float32Array(Math.ceil((piece.length * phases) / step) + 1)
      let count = 0
      while (centre + half < all.length) {
        const taps = filterOf(phase)
        const first = centre - half + 1
        let sum = 0
        for (let tap = 0; tap < taps.length; tap++) sum += taps[tap]! * all[first + tap]!
        out[count++] = sum
        phase += step
        centre += Math.floor(phase / phases)
        phase %= phases
      }
      const done = Math.min(centre - half + 1, all.length)
      held = all.slice(done)
      centre -= done
      return out.subarray(0, count)
    },
  }
}

/** A whole sound at another rate, as long as before to the sample. */
export const resampleAll = (sound: Float32Array, from: number, to: number): Float32Array => {
  if (from === to) return sound
  const resampler = createResampler(from, to)
  const length = Math.floor((sound.length * to) / from)
  const out = new Float32Array(length)
  const body = resampler.push(sound)
  out.set(body.subarray(0, length))
  const tail = resampler.push(new Float32Array(Math.ceil((CROSSINGS + 1) * Math.max(1, from / to))))
  out.set(tail.subarray(0, length - Math.min(length, body.length)), Math.min(length, body.length))
  return out
}
