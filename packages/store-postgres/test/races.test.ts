import type { CallChanges, CallStory } from '@llc-phone/core'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import { at, HOUR_MS, limits, numberOf, wish } from '@llc-phone/store/testing'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { databaseOn, startWriters, type Asked, type EmptiedDatabase, type Writer } from '../src/testing/index.ts'

const WRITERS = 3

let database: EmptiedDatabase
let writers: readonly Writer[]
let store: DrizzleStore

beforeAll(async () => {
  database = await databaseOn(inject('postgres'))
  store = await database.open()
  writers = await startWriters(new URL('fixtures/writer.ts', import.meta.url), database.url!, WRITERS)
}, 60_000)
beforeEach(() => database.empty())
afterAll(async () => {
  await Promise.all(writers.map((writer) => writer.stop()))
  await store.close()
})

/** Every writer does this for every number below `count`, all at once; answers by number. None may fail. */
const race = async <Answer>(count: number, asked: (n: number, writer: number) => Asked): Promise<Answer[][]> => {
  const answers = await Promise.all(
    writers.map((writer, which) => writer.ask(Array.from({ length: count }, (_, n) => asked(n, which)))),
  )
  for (const answer of answers.flat()) if (answer instanceof Error) throw answer
  return Array.from({ length: count }, (_, n) => answers.map((own) => own[n] as Answer))
}

const granted = (answers: readonly { readonly granted: boolean }[]): number =>
  answers.filter((answer) => answer.granted).length

describe('several processes at once', () => {
  it('make one call of requests with one key', async () => {
    const all = await race<{ outcome: string; call?: { callId: string } }>(40, (n, writer) => [
      'outbound',
      'begin',
      wish(`call ${n}.${writer}`, { idempotencyKey: `key ${n}` }),
    ])
    for (const [n, answers] of all.entries()) {
      const begun = answers.flatMap(({ outcome }, writer) => (outcome === 'new' ? [`call ${n}.${writer}`] : []))
      expect(begun).toHaveLength(1)
      for (const { outcome, call } of answers) if (outcome !== 'new') expect(call?.callId).toBe(begun[0])
    }
  })

  it('place one call at a time to a number', async () => {
    await race(40, (n, writer) => ['outbound', 'begin', wish(`call ${n}.${writer}`, { to: numberOf(n) })])
    const all = await race<{ granted: boolean }>(40, (n, writer) => [
      'outbound',
      'reserve',
      `call ${n}.${writer}`,
      limits(),
    ])
    expect(all.map(granted)).toEqual(all.map(() => 1))
  })

  it('call a number as often as it may be called', async () => {
    const often = limits({ frequency: [{ calls: 2, withinMs: HOUR_MS }] })
    let sum = 0
    for (let round = 0; round < 4; round++) {
      await race(10, (n, writer) => ['outbound', 'begin', wish(`${round} ${n}.${writer}`, { to: numberOf(n) })])
      const all = await race<{ granted: boolean }>(10, (n, writer) => [
        'outbound',
        'reserve',
        `${round} ${n}.${writer}`,
        often,
      ])
      sum += granted(all.flat())
      await race(10, (n, writer) => [
        'outbound',
        'change',
        `${round} ${n}.${writer}`,
        { state: 'ended', answeredAt: at(12) },
      ])
    }
    expect(sum).toBe(2 * 10)
  })

  it('spend what may be spent', async () => {
    await race(40, (n, writer) => [
      'outbound',
      'begin',
      wish(`call ${n}.${writer}`, { to: numberOf(n * WRITERS + writer) }),
    ])
    const all = await race<{ granted: boolean }>(40, (n, writer) => [
      'outbound',
      'reserve',
      `call ${n}.${writer}`,
      limits({ perDayUsd: 10, reserveUsd: 1 }),
    ])
    expect(granted(all.flat())).toBe(10)
  })

  it('keep one message of one key, or of the same words', async () => {
    const message = {
      callerName: 'Ann',
      callerNumber: null,
      text: 'Hello',
      urgency: 'normal',
      deliverTo: ['a@example.com'],
    }
    const keyed = await race<{ id: string }>(20, (n, writer) => [
      'messages',
      'take',
      { ...message, callId: `keyed ${n}`, text: `in other words ${writer}`, idempotencyKey: 'key' },
    ])
    const same = await race<{ id: string }>(20, (n) => ['messages', 'take', { ...message, callId: `same ${n}` }])
    for (const answers of [...keyed, ...same]) expect(new Set(answers.map(({ id }) => id)).size).toBe(1)
    expect(await store.messages.list()).toHaveLength(40)
    expect(await store.messages.pendingDeliveries(new Date(Date.now() + 1_000))).toHaveLength(40)
  })

  it('publish one version after another', async () => {
    for (let after = 0; after < 8; after++) {
      const [answers] = await race<{ version: number } | undefined>(1, (_, writer) => [
        'settings',
        'publish',
        { document: { writer }, by: `${writer}`, at: new Date(after), after },
      ])
      expect(answers!.filter((each) => each !== undefined)).toMatchObject([{ version: after + 1 }])
    }
  })

  it('add one person of a name, and one entry of a number', async () => {
    const added = await race<{ id: string } | undefined>(20, (n, writer) => [
      'people',
      'add',
      writer === 0 ? `ann ${n}` : `ANN ${n}`,
      'viewer',
    ])
    for (const answers of added) expect(answers.filter((each) => each !== undefined)).toHaveLength(1)
    await race(20, (n) => ['doNotCall', 'add', { number: numberOf(n), source: 'api' }])
    for (let n = 0; n < 20; n++) expect(await store.doNotCall.history(numberOf(n))).toHaveLength(1)
  })

  it('add up who was turned away, and know what a number was before', async () => {
    await race(40, (_, writer) => [
      'turnedAway',
      'add',
      ['a', 'b', 'c'].map((reason) => ({ minute: new Date(0), dialled: 'x', reason, calls: writer + 1 })),
    ])
    expect((await store.turnedAway.recent(10)).map(({ calls }) => calls)).toEqual([240, 240, 240])
    await race(20, (n, writer) => ['numbers', 'set', numberOf(0), `mode ${n}.${writer}`, 'ann'])
    const changes = (await store.numbers.history(100)).toReversed()
    expect(changes).toHaveLength(60)
    expect(changes.map(({ previousMode }) => previousMode)).toEqual([
      null,
      ...changes.slice(0, -1).map(({ mode }) => mode),
    ])
  })

  it('keep so many sessions of one token', async () => {
    const startedAt = new Date()
    await race(20, (n, writer) => [
      'sessions',
      'add',
      { id: `${n}.${writer}`, hash: `${n}.${writer}`, tokenHash: 'token', startedAt, lastUsedAt: startedAt },
      { startedBefore: new Date(0), most: 3 },
    ])
    expect(await store.sessions.list()).toHaveLength(3)
  })
})

const changes = (n: number): CallChanges => ({
  facts: {
    callId: `call ${n}`,
    legId: `leg ${n}`,
    direction: 'inbound',
    otherParty: {},
    dialled: numberOf(0),
    startedAt: new Date(0),
  },
  mode: 'desk',
  replaces: true,
  turns: [{ position: 1, speaker: 'caller', text: 'Hello.', atMs: 1 }],
  tools: [],
  latency: [],
  steps: [],
  plan: '{}',
})

describe('a live call', () => {
  it('is taken over by one of those who try', async () => {
    await store.journal.write(
      Array.from({ length: 30 }, (_, n) => changes(n)),
      new Date(),
    )
    const all = await race<boolean>(30, (n) => ['journal', 'adopt', { callId: `call ${n}`, epoch: 1 }])
    for (const answers of all) expect(answers.filter((isTaken) => isTaken)).toHaveLength(1)
  })

  it('that is taken over while it ends has ended, or goes on, but never both', async () => {
    await store.journal.write(
      Array.from({ length: 40 }, (_, n) => changes(n)),
      new Date(),
    )
    const story = (n: number): CallStory => ({
      callId: `call ${n}`,
      legId: `leg ${n}`,
      mode: 'desk',
      direction: 'inbound',
      dialled: numberOf(0),
      phase: 'ended',
      disposition: 'caller_hung_up',
      startedAt: new Date(0).toISOString(),
      endedAt: new Date(1_000).toISOString(),
      turns: [],
      transfers: [],
      tools: [],
      latency: {},
      usage: { input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 }, output: { text: 0, audio: 0 } },
      audio: { framesIn: 0, framesOut: 0, dropped: 0, gapsFilledMs: 0 },
      events: [],
    })
    const adopting = writers[0]!.ask(
      Array.from({ length: 40 }, (_, n): Asked => ['journal', 'adopt', { callId: `call ${n}`, epoch: 1 }]),
    )
    const ending = Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        await store.journal.begin({ ...story(n) })
        await store.journal.finish(story(n))
      }),
    )
    const [taken] = await Promise.all([adopting, ending])
    const rows = await store.database.all<[string, number, number | null, number]>(
      sql`SELECT id, epoch, ended_at, (SELECT count(*) FROM turns WHERE call_id = calls.id) FROM calls`,
    )
    const byId = new Map(rows.map(([id, ...row]) => [id, row]))
    for (const [n, isTaken] of taken.entries())
      expect(byId.get(`call ${n}`), `${n} ${String(isTaken)}`).toEqual(isTaken ? [2, null, 1] : [1, 1_000, 0])
  })
})
