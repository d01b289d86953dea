import { GatewayError } from '@llc-phone/core'
import { fakeClock, settle } from '@llc-phone/core/testing'
import type { ChangeTopic, FleetBook, Instance, InstanceFacts, InstanceMark } from '@llc-phone/store'
import { expect, it } from 'vitest'
import { createPresence, type Presence } from '../src/fleet/presence.ts'
import { createLog } from '../src/watching/log.ts'

/** A database for instances, whose clock is the test's. */
const database = () => {
  const clock = fakeClock()
  const rows = new Map<string, InstanceFacts & InstanceMark & { bootId: string; at: number; since: number }>()
  const changes = new Map<ChangeTopic, number>()
  const lines: string[] = []
  const log = createLog({ level: 'info', secrets: [], stream: { write: (line) => void lines.push(line) } })
  const listeners = new Set<() => void>()
  let isAway = false
  let statements = 0

  const instance = (id: string, bootId: string, facts: Partial<InstanceFacts> = {}) => {
    const read: ChangeTopic[] = []
    let fenced = 0
    const listed = (): Instance[] =>
      [...rows.values()].map(({ at, since, ...row }) => ({
        ...row,
        silentMs: clock.now() - at,
        startedAt: new Date(since),
      }))
    const book: FleetBook = {
      bootId,
      async beat(own, mark) {
        statements++
        if (isAway) throw new GatewayError('database_failed', 'away')
        const since = rows.get(bootId)?.since ?? clock.now()
        rows.set(bootId, { ...own, ...mark, bootId, at: clock.now(), since })
        return { instances: listed(), changes: new Map(changes) }
      },
      list: async () => listed(),
      claim: async () => undefined,
      ownerOf: async () => undefined,
      sweep: async () => undefined,
      listen(changed) {
        listeners.add(changed)
        return () => listeners.delete(changed)
      },
    }
    const presence: Presence = createPresence({
      book,
      facts: { id, version: '1', secretMark: 'mark', ...facts },
      log,
      clock,
      async readAgain(topic) {
        read.push(topic)
        if (topic === 'people') throw new Error('not now')
      },
      fenced: () => void fenced++,
    })
    const serve = () => presence.serve(() => ({ state: 'ready', active: 1, rated: 10, loopP99Ms: 0 }))
    return {
      presence,
      read,
      serve,
      fenced: () => fenced,
      async start() {
        await presence.begin()
        serve()
        await settle()
      },
    }
  }
  return {
    clock,
    rows,
    instance,
    logText: () => lines.join(''),
    statements: () => statements,
    change(topic: ChangeTopic, isTold = false) {
      changes.set(topic, (changes.get(topic) ?? 0) + 1)
      if (isTold) for (const told of listeners) told()
    },
    setAway(next: boolean) {
      isAway = next
    },
  }
}

it('says once a second in one statement that it lives, and sees the others come and go', async () => {
  const { clock, instance, statements } = database()
  const [a, b] = [instance('a', '1'), instance('b', '2')]
  await a.start()
  await b.start()
  const before = statements()
  await clock.advance(10_000)
  expect(statements() - before).toBe(20)
  expect(a.presence.others().map(({ id }) => id)).toEqual(['b'])
  expect(a.presence.isUp('b')).toBe(true)
  await b.presence.end()
  await clock.advance(1_000)
  expect(a.presence.isUp('b')).toBe(false)
  expect(a.presence.isUp('a')).toBe(true)
})

it('reads what another one has changed within a second, or at once when it is told, and again until it can', async () => {
  const { clock, instance, change } = database()
  change('settings')
  const a = instance('a', '1')
  await a.start()
  expect(a.read).toEqual([])
  change('numbers')
  await clock.advance(1_000)
  expect(a.read).toEqual(['numbers'])
  change('settings', true)
  await clock.advance(100)
  expect(a.read).toEqual(['numbers', 'settings'])
  change('people')
  await clock.advance(2_500)
  expect(a.read.slice(2)).toEqual(['people', 'people'])
})

it('refuses to start while another gateway with its name lives', async () => {
  const { clock, instance, rows } = database()
  const first = instance('a', '1')
  await first.start()
  const second = instance('a', '2')
  const begun = second.presence.begin()
  begun.catch(() => undefined)
  await clock.advance(2_000)
  await expect(begun).rejects.toThrow(/INSTANCE_ID a is taken/)
  expect(rows.get('2')!.state).toBe('closed')
  await clock.advance(2_000)
  expect(first.presence.isFenced).toBe(false)
})

it('takes the place of one that was killed a moment ago once that is surely dead, and at once of one that has ended', async () => {
  const { clock, instance, rows } = database()
  rows.set('1', {
    id: 'a',
    version: '1',
    state: 'ready',
    active: 0,
    rated: 1,
    loopP99Ms: 0,
    bootId: '1',
    at: 0,
    since: 0,
  })
  let isThere = false
  const second = instance('a', '2')
  void second.start().then(() => (isThere = true))
  await clock.advance(2_000)
  expect(isThere).toBe(false)
  await clock.advance(2_000)
  expect(isThere).toBe(true)
  await second.presence.end()
  const third = instance('a', '3')
  await third.start()
  expect(third.presence.others()).toEqual([])
})

it('ends when it was frozen and another one has its place, which goes on', async () => {
  const { clock, instance, logText } = database()
  const frozen = instance('a', '1')
  await frozen.presence.begin()
  await clock.advance(5_000)
  const next = instance('a', '2')
  await next.start()
  frozen.serve()
  await clock.advance(2_000)
  expect([frozen.presence.isFenced, frozen.fenced()]).toEqual([true, 1])
  expect(next.presence.isFenced).toBe(false)
  expect(logText()).toContain('another gateway has started with this INSTANCE_ID')
})

it('starts without the database, knows of nobody meanwhile, and reads everything once it is back', async () => {
  const { clock, instance, change, setAway } = database()
  change('numbers')
  setAway(true)
  const a = instance('a', '1')
  await a.start()
  await clock.advance(3_000)
  expect(a.presence.others()).toEqual([])
  setAway(false)
  await clock.advance(1_000)
  expect(a.read).toEqual(['numbers'])
})

it('of two with one name that started without the database, the later goes on once it is back', async () => {
  const { clock, instance, setAway } = database()
  setAway(true)
  const [one, other] = [instance('a', '1'), instance('a', '2')]
  await one.start()
  await clock.advance(100)
  await other.start()
  expect([one.presence.isFenced, other.presence.isFenced]).toEqual([false, false])
  setAway(false)
  await clock.advance(3_000)
  expect([one.presence.isFenced, other.presence.isFenced]).toEqual([true, false])
  expect([one.fenced(), other.fenced()]).toEqual([1, 0])
})

it('wants FLEET_SECRET once there are two, and says when theirs differ', async () => {
  const { clock, instance, logText } = database()
  const a = instance('a', '1')
  await a.start()
  await expect(instance('b', '2', { secretMark: undefined }).presence.begin()).rejects.toThrow(
    /FLEET_SECRET is missing/,
  )
  await instance('c', '3', { secretMark: 'another' }).start()
  await clock.advance(1_000)
  expect(logText().match(/FLEET_SECRET differs/g)).toHaveLength(2)
})
