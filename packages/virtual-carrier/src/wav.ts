/** WAV files in and out: what a call sounded like, and recordings spoken into one. */
import { decodeUlaw, encodeUlaw, resampleTo8k } from './ulaw.ts'

/** A stereo 8 kHz 16-bit WAV from two μ-law tracks (left the caller, right the assistant); the shorter one is padded with silence. */
export function writeStereoWav(left: Uint8Array, right: Uint8Array): Buffer {
  const channels = [decodeUlaw(left), decodeUlaw(right)] as const
  const frames = Math.max(left.length, right.length)
  const wav = Buffer.alloc(44 + frames * 4)
  wav.write('RIFF', 0, 'latin1')
  wav.writeUInt32LE(36 + frames * 4, 4)
  wav.write('WAVEfmt ', 8, 'latin1')
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(2, 22)
  wav.writeUInt32LE(8000, 24)
  wav.writeUInt32LE(32_000, 28)
  wav.writeUInt16LE(4, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36, 'latin1')
  wav.writeUInt32LE(frames * 4, 40)
  for (let i = 0; i < frames; i++) {
    wav.writeInt16LE(channels[0][i] ?? 0, 44 + i * 4)
    wav.writeInt16LE(channels[1][i] ?? 0, 46 + i * 4)
  }
  return wav
}

/** Reads a PCM WAV (8 or 16 bit, any rate, any number of channels: mixed down) as 8 kHz μ-law; throws on anything else. */
export const readWav = (wav: Buffer): Buffer => {
  const { pcm, rate } = readWavPcm(wav)
  return encodeUlaw(resampleTo8k(pcm, rate))
}

/** Reads a PCM WAV (8 or 16 bit) as mono 16-bit samples at the file's own rate. */
export function readWavPcm(wav: Buffer): { pcm: Int16Array; rate: number } {
  if (wav.length < 12 || wav.toString('latin1', 0, 4) !== 'RIFF' || wav.toString('latin1', 8, 12) !== 'WAVE') {
    throw new Error('Not a WAV file')
  }
  let format: { channels: number; rate: number; bits: number } | undefined
  for (let at = 12; at + 8 <= wav.length;) {
    const id = wav.toString('latin1', at, at + 4)
    const bytes = wav.readUInt32LE(at + 4)
    const start = at + 8
    if (id === 'fmt ' && start + 16 <= wav.length) {
      const coding = wav.readUInt16LE(start)
      // 0xfffe is the extensible header, whose sub-format starts with the plain code.
      const plain = coding === 0xfffe && start + 26 <= wav.length ? wav.readUInt16LE(start + 24) : coding
      format = {
        channels: wav.readUInt16LE(start + 2),
        rate: wav.readUInt32LE(start + 4),
        bits: wav.readUInt16LE(start + 14),
      }
      const { channels, rate, bits } = format
      if (plain !== 1 || (bits !== 8 && bits !== 16) || channels === 0 || rate === 0) {
        throw new Error(`Unsupported WAV: coding ${plain}, ${bits} bit, ${channels} channels (want 8 or 16 bit PCM)`)
      }
    }
    if (id === 'data') {
      if (!format) throw new Error('WAV data before its format')
      // Streaming writers leave the length at 0 or at its maximum: what is there counts.
      const end = bytes === 0 || start + bytes > wav.length ? wav.length : start + bytes
      return { pcm: mixDown(wav.subarray(start, end), format), rate: format.rate }
    }
    at = start + bytes + (bytes & 1)
  }
  throw new Error('WAV without data')
}

function mixDown(data: Buffer, { channels, bits }: { channels: number; bits: number }): Int16Array {
  const frameBytes = (channels * bits) / 8
  const pcm = new Int16Array(Math.floor(data.length / frameBytes))
  for (let i = 0; i < pcm.length; i++) {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) {
      const at = i * frameBytes + (channel * bits) / 8
      sum += bits === 16 ? data.readInt16LE(at) : (data.readUInt8(at) - 128) * 256
    }
    pcm[i] = Math.round(sum / channels)
  }
  return pcm
}
