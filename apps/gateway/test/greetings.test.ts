import type { RecordedGreeting, SpokenGreeting } from '@llc-phone/core'
import { fakeClock, settle } from '@llc-phone/core/testing'
import { shippedIn } from '@llc-phone/phrases'
import type { GreetingArchive } from '@llc-phone/store'
import { testGreetingArchive } from '@llc-phone/store/testing'
import { expect, it } from 'vitest'
import { numbersOf } from './support/ready-modes.ts'
import { openGreetings } from '../src/configuration/greetings.ts'
import { createLog } from '../src/watching/log.ts'
import { quietMode } from './support/fake-calls.ts'

const { text, payload } = shippedIn('en')!.phrases.stillHere
const spoken: SpokenGreeting = {
  mode: 'ivr',
  promptVersion: '0a1b2c3d4e5f',
  tuning: {},
  voice: 'cedar',
  text,
  transcript: text,
  audio: Buffer.from(payload, 'base64'),
}

/** An archive in memory, as the one in the database. */
const memoryArchive = (): GreetingArchive => {
  const kept = new Map<string, RecordedGreeting>()
  return {
    keep: async (greeting) => void kept.set(greeting.id, greeting),
    list: async () =>
      [...kept.values()].toSorted((one, other) => one.recordedAt.getTime() - other.recordedAt.getTime()),
    remove: async (id) => kept.delete(id),
  }
}

testGreetingArchive('in memory', async () => ({ greetings: memoryArchive(), close: async () => undefined }))

const open = async (archive: GreetingArchive = memoryArchive()) => {
  const lines: string[] = []
  const log = createLog({ level: 'info', secrets: [], stream: { write: (line) => void lines.push(line) } })
  const greetings = await openGreetings({ archive, clock: fakeClock(), log, model: 'gpt-realtime-1.5', server: 'ws' })
  return { greetings, lines, logged: (message: string) => lines.filter((line) => line.includes(message)).length }
}

it('a greeting is played only once it is stored', async () => {
  const stored = Promise.withResolvers<void>()
  const archive = { ...memoryArchive(), keep: () => stored.promise }
  const { greetings } = await open(archive)
  greetings.book.offer(spoken)
  expect(greetings.book.find(spoken)).toBeUndefined()
  stored.resolve()
  await greetings.stop()
  expect(greetings.book.find(spoken)).toMatchObject({ text })
})

it('two calls that end their greeting at the same time store it once', async () => {
  let kept = 0
  const memory = memoryArchive()
  const { greetings } = await open({ ...memory, keep: (greeting) => memory.keep(greeting).then(() => void kept++) })
  greetings.book.offer(spoken)
  greetings.book.offer(spoken)
  await greetings.stop()
  greetings.book.offer(spoken)
  await greetings.stop()
  expect([kept, greetings.list().length]).toEqual([1, 1])
})

it('one that cannot be stored is not played, is logged without its words, and is stored when a later call offers it', async () => {
  const memory = memoryArchive()
  let fails = true
  const keep: GreetingArchive['keep'] = async (greeting) => {
    if (fails) throw new Error('the disk is full')
    await memory.keep(greeting)
  }
  const { greetings, lines, logged } = await open({ ...memory, keep })
  greetings.book.offer(spoken)
  await greetings.stop()
  expect(greetings.book.find(spoken)).toBeUndefined()
  expect(logged('recorded greeting could not be kept')).toBe(1)
  expect(lines.join('')).not.toContain(text)
  fails = false
  greetings.book.offer(spoken)
  await greetings.stop()
  expect(greetings.book.find(spoken)).toBeDefined()
})

it('a model that never says the words is logged once, not in every call', async () => {
  const { greetings, logged } = await open()
  for (let call = 0; call < 3; call++) greetings.book.offer({ ...spoken, transcript: `Sure! ${text}` })
  await greetings.stop()
  expect([greetings.list(), logged('greeting not recorded')]).toEqual([[], 1])
})

it('those of earlier processes are played, and one that was removed is not, nor after a restart', async () => {
  const archive = memoryArchive()
  const first = await open(archive)
  first.greetings.book.offer(spoken)
  await first.greetings.stop()
  const second = await open(archive)
  const id = second.greetings.list()[0]!.id
  expect(second.greetings.book.find(spoken)).toBeDefined()
  expect(await second.greetings.remove(id)).toBe(true)
  expect(await second.greetings.remove(id)).toBe(false)
  expect(second.greetings.book.find(spoken)).toBeUndefined()
  expect((await open(archive)).greetings.list()).toEqual([])
})

it('a database that cannot be read is logged, and the model speaks', async () => {
  const list = async () => {
    throw new Error('no such table')
  }
  const { greetings, logged } = await open({ ...memoryArchive(), list })
  await settle()
  expect([greetings.book.find(spoken), logged('recorded greetings could not be read')]).toEqual([undefined, 1])
})

it('recording is on, and switched off for one number', () => {
  const numbers = numbersOf({
    modes: { menu: quietMode('ivr') },
    numbers: [
      ['+14155550101', 'menu'],
      ['+14155550102', 'menu', { recordsGreeting: false }],
    ],
    unknown: 'menu',
  })
  const records = numbers.list().map(({ number }) => numbers.resolve(number).mode?.recordsGreeting)
  expect(records).toEqual([true, false])
})

it('a recording that was cut off in the database is not played, and is recorded again', async () => {
  const archive = memoryArchive()
  const before = await open(archive)
  before.greetings.book.offer(spoken)
  await before.greetings.stop()
  const [whole] = await archive.list()
  for (const damaged of ['', whole!.payload.slice(0, 400), whole!.payload.slice(0, -8)]) {
    await archive.keep({ ...whole!, payload: damaged })
    const { greetings, logged } = await open(archive)
    expect(greetings.book.find(spoken)).toBeUndefined()
    expect(logged('recorded greetings are damaged')).toBe(1)
    greetings.book.offer(spoken)
    await greetings.stop()
    expect(greetings.book.find(spoken)).toMatchObject({ payload: whole!.payload })
  }
})

it('a recording that is removed is not played any more, although the database fails', async () => {
  const archive = memoryArchive()
  const { greetings } = await open({ ...archive, remove: () => Promise.reject(new Error('no database')) })
  greetings.book.offer(spoken)
  await greetings.stop()
  const { id } = greetings.list()[0]!
  await expect(greetings.remove(id)).rejects.toThrow('no database')
  expect(greetings.book.find(spoken)).toBeUndefined()
})
