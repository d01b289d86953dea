/** The μ-law byte of silence. */
export const SILENCE = 0xff

/** Samples a second on the line. */
export const LINE_RATE = 8000

/** Bytes of a frame: 20 ms. */
export const FRAME_BYTES = 160

const BIAS = 0x84
const CLIP = 32_635

const samples = Float32Array.from({ length: 256 }, (_, byte) => {
  const bits = ~byte & 0xff
  const magnitude = ((((bits & 0x0f) << 3) + BIAS) << ((bits & 0x70) >> 4)) - BIAS
  return (bits & 0x80 ? -magnitude : magnitude) / 32_768
})

/** A μ-law byte (G.711) as a sample between -1 and 1. */
export const decodeUlaw = (byte: number): number => samples[byte]!

/** A sample between -1 and 1, clipped outside, as a μ-law byte (G.711). */
export const encodeUlaw = (sample: number): number => {
  const level = Math.round(sample * 32_768)
  const magnitude = Math.min(Math.abs(level), CLIP) + BIAS
  const exponent = 24 - Math.clz32(magnitude)
  return ~((level < 0 ? 0x80 : 0) | (exponent << 4) | ((magnitude >> (exponent + 3)) & 0x0f)) & 0xff
}

/** Samples as μ-law bytes. */
export const encodeAll = (sound: Float32Array): Uint8Array<ArrayBuffer> => Uint8Array.from(sound, encodeUlaw)

/** Bytes as base64 text. */
export const toBase64 = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

/** The bytes of a base64 text; throws on anything else. */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}
