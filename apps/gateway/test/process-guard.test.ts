import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { createLog } from '../src/watching/log.ts'
import { guardProcess, type DefectKind } from '../src/watching/process-guard.ts'

const guarded = (drain = (): void => undefined) => {
  const target = Object.assign(new EventEmitter(), { exitCode: undefined as number | undefined })
  const lines: string[] = []
  const counted: DefectKind[] = []
  let drains = 0
  const log = createLog({ level: 'info', secrets: [], stream: { write: (line) => void lines.push(line) } })
  const remove = guardProcess({
    log,
    target,
    count: (kind) => void counted.push(kind),
    drain() {
      drains++
      drain()
    },
  })
  const fail = (name: 'unhandledRejection' | 'uncaughtException', cause: unknown) => target.emit(name, cause)
  return { target, lines, counted, fail, remove, drains: () => drains }
}

it('writes down where it happened, and neither names nor numbers', () => {
  const { fail, lines, target, counted } = guarded()
  fail('unhandledRejection', new Error('no record of Zoe Adler\n    at Zoe Adler, +14155550199'))
  fail('uncaughtException', Object.assign(new TypeError('Zoe'), { code: 'for Zoe Adler', name: 'Zoe Adler' }))
  expect(counted).toEqual(['rejection', 'exception'])
  expect(target.exitCode).toBe(1)
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      level: 'error',
      cause: 'Error',
      at: [expect.stringContaining('process-guard.test.ts'), ...Array(3).fill(expect.any(String))],
    },
    { level: 'error', cause: 'Error' },
  ])
  expect(lines.join('')).not.toMatch(/Zoe|Adler|0199/)
})

it.each([undefined, null, 'Zoe Adler', 7, { name: 'Zoe Adler' }, Symbol('Zoe'), Object.create(null)])(
  'takes anything that can be thrown: case %#',
  (cause) => {
    const { fail, lines, drains } = guarded()
    fail('unhandledRejection', cause)
    expect([lines.length, drains()]).toEqual([1, 1])
    expect(lines.join('')).not.toContain('Zoe')
  },
)

it('a flood is counted one by one and does not flood the log', () => {
  const { fail, lines, counted } = guarded()
  for (let n = 0; n < 10_000; n++) fail('unhandledRejection', new Error('again'))
  expect(counted).toHaveLength(10_000)
  expect(lines.length).toBeLessThan(25)
  expect(JSON.parse(lines.at(-1)!)).toMatchObject({ seen: 8_192 })
})

it('nothing that goes wrong in it gets out', () => {
  const { fail } = guarded(() => {
    throw new Error('the drain is broken too')
  })
  const hostile = new Error('x')
  Object.defineProperty(hostile, 'stack', {
    get() {
      throw new Error('no stack for you')
    },
  })
  expect(() => fail('uncaughtException', hostile)).not.toThrow()
  expect(() => fail('uncaughtException', new Error('second'))).not.toThrow()
})

it('an error that cannot even be described drains all the same', () => {
  const { fail, drains } = guarded()
  const hostile = new Proxy(new Error('x'), {
    get() {
      throw new Error('no')
    },
  })
  fail('uncaughtException', hostile)
  expect(drains()).toBe(1)
})

it('can be taken away', () => {
  const { target, remove } = guarded()
  remove()
  expect([target.listenerCount('unhandledRejection'), target.listenerCount('uncaughtException')]).toEqual([0, 0])
})
