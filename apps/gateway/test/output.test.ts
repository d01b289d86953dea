import { Writable } from 'node:stream'
import { expect, it, vi } from 'vitest'
import { createOutput } from '../src/cli/output.ts'

/** A stream whose reader takes lines only when told to. */
const slowReader = () => {
  const taken: string[] = []
  let waiting: (() => void) | undefined
  let isReading = false
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      taken.push(chunk.toString())
      if (isReading) done()
      else waiting = done
    },
  })
  const read = async () => {
    isReading = true
    waiting?.()
    await vi.waitFor(() => expect(stream.writableLength).toBe(0))
  }
  return { stream, taken, read }
}

const LINE = `${'x'.repeat(999)}\n`

it('lines that nobody reads neither grow without bound nor go missing unsaid', async () => {
  const { stream, taken, read } = slowReader()
  const output = createOutput(() => stream)
  for (let n = 0; n < 5_000; n++) output.write(LINE)
  expect(stream.writableLength).toBeLessThanOrEqual(1_048_576)
  expect(output.dropped).toBe(5_000 - 1_048)
  await read()
  output.write('after\n')
  await vi.waitFor(() => expect(taken.at(-1)).toBe('after\n'))
  expect(JSON.parse(taken.at(-2)!)).toMatchObject({ level: 'warn', lines: 5_000 - 1_048 })
})

it('a process that ends waits a second for its lines to be read, and no longer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  try {
    const { stream } = slowReader()
    const output = createOutput(() => stream)
    output.write(LINE)
    const done = vi.fn()
    output.flush(done)
    await vi.advanceTimersByTimeAsync(900)
    expect(done).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(200)
    expect(done).toHaveBeenCalledTimes(1)
  } finally {
    vi.useRealTimers()
  }
})

it('does not wait when everything is out, or when nothing was written', () => {
  const done = vi.fn()
  createOutput(() => slowReader().stream).flush(done)
  expect(done).toHaveBeenCalledTimes(1)
})

it('a disk that was full is written again, and its failure is nobody else’s', async () => {
  const taken: string[] = []
  let isFull = true
  const open = () =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        if (isFull) return done(Object.assign(new Error('no space'), { code: 'ENOSPC' }))
        taken.push(chunk.toString())
        done()
      },
    })
  const output = createOutput(open)
  output.write('lost\n')
  await new Promise(setImmediate)
  isFull = false
  output.write('kept\n')
  await new Promise(setImmediate)
  expect(taken).toEqual(['kept\n'])
})

it('a reader that has gone away for good costs nothing but the lines', async () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) })
  const output = createOutput(() => stream)
  output.write('first\n')
  await new Promise(setImmediate)
  for (let n = 0; n < 10; n++) output.write(LINE)
  expect(output.dropped).toBe(10)
})
