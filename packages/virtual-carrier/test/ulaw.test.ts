import { describe, expect, it } from 'vitest'
import { decodeUlaw, encodeUlaw, resampleTo8k, rms, ulawRms, ulawSilence } from '../src/ulaw.ts'
import { readWav, readWavPcm, writeStereoWav } from '../src/wav.ts'

const tone = (hertz: number, rate: number, ms = 500) =>
  Int16Array.from({ length: (rate * ms) / 1000 }, (_, i) =>
    Math.round(12_000 * Math.sin((2 * Math.PI * hertz * i) / rate)),
  )

describe('μ-law', () => {
  it('gives every byte back except negative zero', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i)
    const back = encodeUlaw(decodeUlaw(all))
    expect([...back].filter((byte, i) => byte !== i)).toEqual([0xff])
    expect(back[0x7f]).toBe(0xff)
  })

  it('agrees with values of G.711', () => {
    expect([...decodeUlaw(Uint8Array.of(0x00, 0x80, 0xff, 0x7f, 0xce))]).toEqual([-32_124, 32_124, 0, 0, 988])
    expect([...encodeUlaw(Int16Array.of(0, 32_767, -32_768, 100, -100))]).toEqual([0xff, 0x80, 0x00, 0xf2, 0x72])
  })

  it('keeps the error of any sample within half a step', () => {
    const ramp = Int16Array.from({ length: 64_000 }, (_, i) => i - 32_000)
    const back = decodeUlaw(encodeUlaw(ramp))
    expect(ramp.every((sample, i) => Math.abs(sample - back[i]!) <= (Math.abs(sample) + 132) / 32)).toBe(true)
  })

  it('measures silence as nothing and a loud tone as loud', () => {
    expect(ulawRms(ulawSilence(100))).toBe(0)
    expect(ulawRms(encodeUlaw(tone(1000, 8000)))).toBeCloseTo(12_000 / 32_768 / Math.SQRT2, 2)
  })
})

describe('resampling to 8 kHz', () => {
  it.each([16_000, 22_050, 24_000, 44_100, 48_000, 6000])('keeps a 1 kHz tone from %i Hz', (rate) => {
    const out = resampleTo8k(tone(1000, rate), rate)
    const wanted = tone(1000, 8000)
    expect(out.length).toBe(4000)
    const middle = [...out.subarray(500, 3500)].map((sample, i) => sample - wanted[i + 500]!)
    expect(rms(Int16Array.from(middle))).toBeLessThan(0.005)
  })

  it.each([16_000, 48_000])('removes what would fold back from %i Hz', (rate) => {
    expect(rms(resampleTo8k(tone(5500, rate), rate).subarray(500, 3500))).toBeLessThan(0.003)
  })
})

describe('WAV', () => {
  it('writes caller left and assistant right and reads itself back', () => {
    const wav = writeStereoWav(encodeUlaw(tone(1000, 8000, 200)), ulawSilence(300))
    expect(wav.length).toBe(44 + 2400 * 4)
    expect(wav.readInt16LE(44 + 3 * 4)).toBe(decodeUlaw(encodeUlaw(tone(1000, 8000, 200)))[3])
    expect(wav.readInt16LE(46 + 3 * 4)).toBe(0)
    const mixed = readWavPcm(wav)
    expect(mixed.rate).toBe(8000)
    expect(rms(mixed.pcm.subarray(0, 1600))).toBeCloseTo(12_000 / 32_768 / Math.SQRT2 / 2, 2)
  })

  it('reads 8-bit mono at another rate, with odd chunks before the data and a streamed length', () => {
    const samples = Buffer.from(tone(500, 16_000, 100).map((sample) => (sample >> 8) + 128))
    const head = Buffer.alloc(58)
    head.write('RIFF', 0)
    head.write('WAVEfmt ', 8)
    head.writeUInt32LE(16, 16)
    head.writeUInt16LE(1, 20)
    head.writeUInt16LE(1, 22)
    head.writeUInt32LE(16_000, 24)
    head.writeUInt16LE(8, 34)
    head.write('LIST', 36)
    head.writeUInt32LE(5, 40)
    head.write('data', 50)
    head.writeUInt32LE(0xffff_ffff, 54)
    const ulaw = readWav(Buffer.concat([head, samples]))
    expect(ulaw.length).toBe(800)
    expect(ulawRms(ulaw)).toBeCloseTo(12_000 / 32_768 / Math.SQRT2, 1)
  })

  it.each([
    ['text', Buffer.from('hello, this is not audio')],
    ['an empty file', Buffer.alloc(0)],
    ['no data', writeStereoWav(Buffer.alloc(0), Buffer.alloc(0)).subarray(0, 36)],
  ])('refuses %s', (_, bytes) => {
    expect(() => readWav(bytes)).toThrow(/WAV/)
  })
})
