import { decodeUlaw as simDecode, encodeUlaw as simEncode } from '@llc-phone/sim'
import { describe, expect, it } from 'vitest'
import { checkNoise, echoStrength, isHeard } from '../../src/parts/softphone/audio/echo.ts'
import { createResampler, resampleAll } from '../../src/parts/softphone/audio/resampler.ts'
import { decodeUlaw, encodeUlaw, fromBase64, toBase64 } from '../../src/parts/softphone/audio/ulaw.ts'

const tone = (hertz: number, rate: number, ms: number): Float32Array =>
  Float32Array.from({ length: (rate * ms) / 1000 }, (_, at) => 0.5 * Math.sin((2 * Math.PI * hertz * at) / rate))

const level = (sound: Float32Array): number =>
  Math.sqrt(sound.reduce((sum, sample) => sum + sample * sample, 0) / sound.length)

/** Without what the filter has not settled at. */
const middle = (sound: Float32Array): Float32Array => sound.subarray(sound.length / 4, (sound.length * 3) / 4)

describe('μ-law', () => {
  it('gives the vectors of G.711', () => {
    const vectors = [
      [0, 0xff],
      [32_124, 0x80],
      [-32_124, 0x00],
      [8, 0xfe],
      [-8, 0x7e],
      [988, 0xce],
    ] as const
    for (const [level16, byte] of vectors) expect(encodeUlaw(level16 / 32_768)).toBe(byte)
    expect(encodeUlaw(7)).toBe(0x80)
    expect(encodeUlaw(-7)).toBe(0x00)
  })

  it('agrees with the simulated caller on every sample and every byte', () => {
    const pcm = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768)
    const expected = simEncode(pcm)
    for (const [index, sample] of pcm.entries())
      if (encodeUlaw(sample / 32_768) !== expected[index]) expect.fail(`sample ${sample}`)
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    expect([...bytes].map((byte) => decodeUlaw(byte) * 32_768 + 0)).toEqual([...simDecode(bytes)])
  })

  it('comes back from base64 as it was', () => {
    const bytes = Uint8Array.from({ length: 333 }, (_, at) => (at * 37) & 0xff)
    expect(fromBase64(toBase64(bytes))).toEqual(bytes)
    expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
  })
})

describe('the resampler', () => {
  it.each([48_000, 44_100, 16_000, 24_000])('keeps a tone between %i Hz and the line, and its length', (rate) => {
    for (const [from, to] of [
      [rate, 8000],
      [8000, rate],
    ] as const) {
      const out = resampleAll(tone(1000, from, 500), from, to)
      expect(out).toHaveLength(to / 2)
      const wanted = tone(1000, to, 500)
      const difference = middle(out).map((sample, at) => sample - middle(wanted)[at]!)
      expect(level(difference)).toBeLessThan(0.005)
    }
  })

  it.each([48_000, 44_100])('removes from %i Hz what the line cannot carry', (rate) => {
    expect(level(middle(resampleAll(tone(5000, rate, 500), rate, 8000)))).toBeLessThan(0.001)
  })

  it('gives the same in pieces of any size', () => {
    const sound = tone(700, 44_100, 200)
    const whole = createResampler(44_100, 8000).push(sound)
    const pieces = createResampler(44_100, 8000)
    const parts: number[] = []
    for (let at = 0, size = 1; at < sound.length; at += size, size = ((size * 7) % 300) + 1)
      parts.push(...pieces.push(sound.slice(at, at + size)))
    expect(parts).toEqual([...whole])
  })
})

describe('the device check', () => {
  const played = checkNoise(4000)
  const room = (echo: number, delay: number): Float32Array => {
    const heard = checkNoise(9000 + 4000)
      .subarray(4000)
      .map((sample) => sample * 0.3)
    for (const [at, sample] of played.entries()) heard[delay + at]! += sample * echo
    return heard
  }

  it('hears the noise from a loudspeaker, however long the way', () => {
    for (const delay of [0, 160, 2000, 4500]) expect(isHeard(played, room(0.2, delay))).toBe(true)
  })

  it('takes a room without it, and a dead microphone, for headphones', () => {
    expect(isHeard(played, room(0, 0))).toBe(false)
    expect(echoStrength(played, new Float32Array(9000))).toBe(0)
    expect(isHeard(played, tone(200, 8000, 1125))).toBe(false)
  })
})
