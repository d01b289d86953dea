import { describe, expect, it } from 'vitest'
import { createArrivals, createPayloads } from '../src/world/payloads.ts'

const BYTES = 160
const STREAM = 7

const sent = (count: number) => {
  const payloads = createPayloads(BYTES)
  const frames = Array.from({ length: count }, (_, sequence) => payloads.make(STREAM, sequence))
  return { payloads, frames, arrivals: createArrivals(payloads) }
}
const takeAll = (arrivals: ReturnType<typeof createArrivals>, frames: readonly string[]) => {
  for (const frame of frames) arrivals.take(frame)
  return arrivals
}
const whole = { lost: 0, reordered: 0, altered: 0, added: 0 }

describe('payloads', () => {
  it('have the size of a frame and are all different', () => {
    const { frames } = sent(500)
    expect(new Set(frames).size).toBe(500)
    for (const frame of frames) expect(Buffer.from(frame, 'base64')).toHaveLength(BYTES)
  })

  it('carry who sent them, in which order and when', () => {
    const before = performance.now()
    const { payloads, frames } = sent(3)
    const stamp = payloads.read(frames[2]!)
    expect(stamp).toMatchObject({ stream: STREAM, sequence: 2 })
    expect(stamp!.sentAt).toBeGreaterThanOrEqual(before)
    expect(stamp!.sentAt).toBeLessThanOrEqual(performance.now())
  })

  it('are not known again once any of their bytes has changed', () => {
    const { payloads, frames } = sent(1)
    const bytes = Buffer.from(frames[0]!, 'base64')
    for (let index = 0; index < BYTES; index++) {
      const altered = Buffer.from(bytes)
      altered[index]! ^= 1
      expect(payloads.read(altered.toString('base64')), `byte ${index}`).toBeUndefined()
    }
  })
})

describe('arrivals', () => {
  it('finds nothing wrong with everything in order', () => {
    const { arrivals, frames } = sent(10)
    expect(takeAll(arrivals, frames).finish(() => 10)).toEqual(whole)
  })

  it('counts what is missing in the middle and at the end', () => {
    const { arrivals, frames } = sent(10)
    const missing = frames.filter((_, index) => index !== 4 && index < 8)
    expect(takeAll(arrivals, missing).finish(() => 10)).toEqual({ ...whole, lost: 3 })
  })

  it('counts what was overtaken, not as lost', () => {
    const { arrivals, frames } = sent(4)
    const swapped = [frames[0]!, frames[2]!, frames[1]!, frames[3]!]
    expect(takeAll(arrivals, swapped).finish(() => 4)).toEqual({ ...whole, reordered: 1 })
  })

  it('counts what was altered, not as lost too', () => {
    const { arrivals, frames } = sent(3)
    const altered = [frames[0]!, `${frames[1]!.slice(0, 100)}AAAA${frames[1]!.slice(104)}`, frames[2]!]
    expect(takeAll(arrivals, altered).finish(() => 3)).toEqual({ ...whole, altered: 1 })
  })

  it("takes another call's audio for altered", () => {
    const { payloads, arrivals, frames } = sent(2)
    expect(takeAll(arrivals, [...frames, payloads.make(STREAM + 1, 2)]).finish(() => 2)).toEqual({
      ...whole,
      altered: 1,
    })
  })

  it('tells silence that was added from speech', () => {
    const { arrivals, frames } = sent(2)
    const silence = Buffer.alloc(8_000, 0xff).toString('base64')
    expect(takeAll(arrivals, [frames[0]!, silence, frames[1]!]).finish(() => 2)).toEqual({ ...whole, added: 1 })
  })

  it('does not call a socket whole that nothing ever came from', () => {
    expect(sent(1).arrivals.finish(() => 0).lost).toBeGreaterThan(0)
  })
})
