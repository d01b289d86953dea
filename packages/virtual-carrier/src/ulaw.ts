/** G.711 μ-law, 8 kHz mono: one byte per sample, 160 bytes per 20 ms, 8 bytes per ms. */

const BIAS = 0x84
const CLIP = 32_635

const toLinear = Int16Array.from({ length: 256 }, (_, byte) => {
  const bits = ~byte & 0xff
  const magnitude = ((((bits & 0x0f) << 3) + BIAS) << ((bits & 0x70) >> 4)) - BIAS
  return bits & 0x80 ? -magnitude : magnitude
})

// One byte per possible 16-bit sample: encoding is a look-up, no branches in the loop.
const toUlaw = Uint8Array.from({ length: 65_536 }, (_, index) => {
  const sample = index < 32_768 ? index : index - 65_536
  const magnitude = Math.min(Math.abs(sample), CLIP) + BIAS
  const exponent = 31 - Math.clz32(magnitude) - 7
  return ~((sample < 0 ? 0x80 : 0) | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff
})

/** The μ-law byte of silence. */
export const ULAW_SILENCE = 0xff

/** How many milliseconds a number of μ-law bytes plays for. */
export const ulawMs = (bytes: number): number => bytes / 8

/** Silence of the given length, as μ-law at 8 kHz. */
export const ulawSilence = (ms: number): Buffer => Buffer.alloc(Math.round(ms * 8), ULAW_SILENCE)

/** Encodes signed 16-bit samples at 8 kHz as G.711 μ-law bytes. */
export function encodeUlaw(pcm: Int16Array): Buffer {
  const out = Buffer.allocUnsafe(pcm.length)
  for (let i = 0; i < pcm.length; i++) out[i] = toUlaw[pcm[i]! & 0xffff]!
  return out
}

/** Decodes G.711 μ-law bytes to signed 16-bit samples at 8 kHz. */
export function decodeUlaw(ulaw: Uint8Array): Int16Array {
  const out = new Int16Array(ulaw.length)
  for (let i = 0; i < ulaw.length; i++) out[i] = toLinear[ulaw[i]!]!
  return out
}

/** Root mean square of 16-bit samples, 0 (silence) to 1 (full scale). */
export function rms(pcm: Int16Array): number {
  if (pcm.length === 0) return 0
  let sum = 0
  for (const sample of pcm) sum += sample * sample
  return Math.sqrt(sum / pcm.length) / 32_768
}

/** Root mean square of μ-law audio, 0 to 1. */
export const ulawRms = (ulaw: Uint8Array): number => rms(decodeUlaw(ulaw))

/** Resamples signed 16-bit mono samples from any rate to 8 kHz through a windowed-sinc low-pass. */
export const resampleTo8k = (pcm: Int16Array, fromRate: number): Int16Array => resample(pcm, fromRate, 8000)

/** Resamples signed 16-bit mono samples between two rates (Hz, integers); content above either Nyquist limit is removed. */
export function resample(pcm: Int16Array, fromRate: number, toRate: number): Int16Array {
  if (fromRate === toRate) return pcm
  const divisor = gcd(fromRate, toRate)
  const phases = toRate / divisor
  const step = fromRate / divisor
  const filters = lowPassFilters(phases, Math.min(1, toRate / fromRate))
  const half = filters.half
  const out = new Int16Array(Math.floor((pcm.length * toRate) / fromRate))
  for (let i = 0; i < out.length; i++) {
    const position = i * step
    const centre = Math.floor(position / phases)
    const taps = filters.taps[position % phases]!
    let sum = 0
    for (let k = -half + 1; k <= half; k++) sum += taps[k + half - 1]! * (pcm[centre + k] ?? 0)
    out[i] = Math.max(-32_768, Math.min(32_767, Math.round(sum)))
  }
  return out
}

/** One Hann-windowed sinc per output phase, each normalised to unity gain; 16 zero crossings a side at 92 % of Nyquist. */
function lowPassFilters(phases: number, ratio: number): { half: number; taps: Float64Array[] } {
  const cutoff = 0.92 * ratio
  const half = Math.ceil(16 / ratio)
  const taps = Array.from({ length: phases }, (_, phase) => {
    const row = Float64Array.from({ length: 2 * half }, (_unused, index) => {
      const x = index - half + 1 - phase / phases
      const window = 0.5 + 0.5 * Math.cos((Math.PI * x) / (half + 1))
      const angle = Math.PI * x * cutoff
      return (angle === 0 ? 1 : Math.sin(angle) / angle) * window
    })
    const gain = row.reduce((sum, tap) => sum + tap, 0)
    return row.map((tap) => tap / gain)
  })
  return { half, taps }
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))
