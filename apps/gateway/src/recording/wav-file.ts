/** Two channels of μ-law at 8 kHz: the caller left, what they heard of the assistant right. */
export const BYTES_PER_SECOND = 16_000
/** RIFF, `fmt ` (18 bytes), `fact` and the beginning of `data`: the container for a format that is not PCM. */
export const WAV_HEADER_BYTES = 58

const MULAW = 7
const CHANNELS = 2
const SAMPLE_RATE = 8_000

/** The header of a recording with so many bytes of sound (Microsoft's "New Multimedia Data Types", format 7). */
export const wavHeader = (soundBytes: number): Buffer => {
  const header = Buffer.alloc(WAV_HEADER_BYTES)
  header.write('RIFF', 0)
  header.writeUInt32LE(WAV_HEADER_BYTES - 8 + soundBytes, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(18, 16)
  header.writeUInt16LE(MULAW, 20)
  header.writeUInt16LE(CHANNELS, 22)
  header.writeUInt32LE(SAMPLE_RATE, 24)
  header.writeUInt32LE(BYTES_PER_SECOND, 28)
  header.writeUInt16LE(CHANNELS, 32)
  header.writeUInt16LE(8, 34)
  header.writeUInt16LE(0, 36)
  header.write('fact', 38)
  header.writeUInt32LE(4, 42)
  header.writeUInt32LE(Math.floor(soundBytes / CHANNELS), 46)
  header.write('data', 50)
  header.writeUInt32LE(soundBytes, 54)
  return header
}

/** Two tracks of the same length as one sound, sample by sample. */
export const interleaved = (left: Uint8Array, right: Uint8Array): Buffer => {
  const sound = Buffer.allocUnsafe(left.length * CHANNELS)
  for (let at = 0; at < left.length; at++) {
    sound[2 * at] = left[at]!
    sound[2 * at + 1] = right[at]!
  }
  return sound
}
