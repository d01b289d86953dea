import { expect, test } from 'vitest'
import { createPlayout, MAX_QUEUED_BYTES } from '../src/playout.ts'

function record() {
  const echoes: string[] = []
  const playout = createPlayout((name, cleared) => echoes.push(cleared ? `${name} cleared` : name))
  return { playout, echoes }
}

test('a mark comes back once everything before it has played, not when it was taken', () => {
  const { playout, echoes } = record()
  playout.push(Buffer.alloc(320, 1))
  playout.mark('end')
  expect(playout.read()?.[0]).toBe(1)
  playout.read()
  expect(echoes).toEqual([])
  expect(playout.read()).toBeUndefined()
  expect(echoes).toEqual(['end'])
})

test('a mark comes back at once when nothing waits', () => {
  const { playout, echoes } = record()
  playout.mark('empty')
  expect(echoes).toEqual(['empty'])
})

test('a mark behind another one waits for it, in order', () => {
  const { playout, echoes } = record()
  playout.push(Buffer.alloc(160))
  playout.mark('a')
  playout.mark('b')
  playout.push(Buffer.alloc(160))
  playout.mark('c')
  playout.read()
  playout.read()
  expect(echoes).toEqual(['a', 'b'])
  playout.read()
  expect(echoes).toEqual(['a', 'b', 'c'])
})

test('clear cuts what waits, returns the outstanding marks in order, and the next answer starts clean', () => {
  const { playout, echoes } = record()
  playout.push(Buffer.alloc(160, 1))
  playout.mark('1-played')
  playout.push(Buffer.alloc(800, 2))
  playout.mark('1-middle')
  playout.push(Buffer.alloc(800, 3))
  playout.mark('1-end')
  playout.read()
  playout.read()
  expect(playout.clear()).toEqual({ cutBytes: 1440, marks: ['1-middle', '1-end'] })
  playout.push(Buffer.alloc(160, 4))
  playout.mark('2-end')
  expect(playout.read()?.[0]).toBe(4)
  expect(playout.read()).toBeUndefined()
  expect(echoes).toEqual(['1-played', '1-middle cleared', '1-end cleared', '2-end'])
})

test('pieces that are no multiple of 20 ms are joined; a last short frame is padded with silence', () => {
  const { playout } = record()
  playout.push(Buffer.alloc(100, 1))
  playout.push(Buffer.alloc(100, 2))
  expect(playout.read()).toEqual(Buffer.concat([Buffer.alloc(100, 1), Buffer.alloc(60, 2)]))
  expect(playout.read()).toEqual(Buffer.concat([Buffer.alloc(40, 2), Buffer.alloc(120, 0xff)]))
  expect(playout.read()).toBeUndefined()
})

test('more than ten minutes of waiting audio is discarded', () => {
  const { playout } = record()
  expect(playout.push(Buffer.alloc(MAX_QUEUED_BYTES))).toBe(true)
  expect(playout.push(Buffer.alloc(160))).toBe(false)
  expect(playout.queuedBytes).toBe(MAX_QUEUED_BYTES)
})
