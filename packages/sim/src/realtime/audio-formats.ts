/** Converts between the wire's audio format and the 8 kHz μ-law used inside. */
import { decodeUlaw, encodeUlaw, resample, resampleTo8k } from '@llc-phone/virtual-carrier/ulaw'
import type { AudioFormat } from './protocol.ts'

/** How many bytes of a format play for one millisecond. */
export const bytesPerMs = (format: AudioFormat): number => (format.type === 'audio/pcm' ? 48 : 8)

/** Speech in the format the session asked for; μ-law stays as it is. */
export function toWireAudio(ulaw: Buffer, format: AudioFormat): Buffer {
  if (format.type === 'audio/pcmu') return ulaw
  const pcm = decodeUlaw(ulaw)
  if (format.type === 'audio/pcma') return Buffer.from(Uint8Array.from(pcm, encodeAlawSample))
  const wide = resample(pcm, 8000, 24_000)
  return Buffer.from(wide.buffer, wide.byteOffset, wide.byteLength)
}

/** Decodes bytes in this format; if a client sends another format, the result is noise, as on the real server. */
export function fromWireAudio(bytes: Buffer, format: AudioFormat): Buffer {
  if (format.type === 'audio/pcmu') return bytes
  if (format.type === 'audio/pcma') return encodeUlaw(Int16Array.from(bytes, decodeAlawByte))
  const pcm = new Int16Array(bytes.length >> 1)
  for (let i = 0; i < pcm.length; i++) pcm[i] = bytes.readInt16LE(i * 2)
  return encodeUlaw(resampleTo8k(pcm, 24_000))
}

function decodeAlawByte(byte: number): number {
  const bits = byte ^ 0x55
  const exponent = (bits & 0x70) >> 4
  const mantissa = ((bits & 0x0f) << 4) + 8
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1)
  return bits & 0x80 ? magnitude : -magnitude
}

function encodeAlawSample(sample: number): number {
  const magnitude = Math.min(sample < 0 ? -sample - 1 : sample, 32_767)
  const exponent = Math.max(0, 31 - Math.clz32(Math.max(1, magnitude)) - 7)
  const mantissa = exponent === 0 ? magnitude >> 4 : (magnitude >> (exponent + 3)) & 0x0f
  return ((sample < 0 ? 0 : 0x80) | (exponent << 4) | mantissa) ^ 0x55
}
