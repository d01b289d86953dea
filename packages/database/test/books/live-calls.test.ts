import { linkSync, readdirSync, renameSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CallChanges } from '@llc-phone/core'
import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { type DrizzleStore } from '@llc-phone/store-drizzle'
import { engineOfTest, testDatabase, type TestDatabase } from '../../src/testing/test-database.ts'

const BEGAN = Date.parse('2026-11-22T10:00:00.000Z')
const after = (ms: number) => new Date(BEGAN + ms)

const kept = {
  connects: 1,
  callerTurns: 2,
  recordedTurns: 0,
  takenBack: 0,
  notes: [],
  machineAnswered: false,
  rung: {},
  greeted: true,
}
const plan = (name: string) => JSON.stringify({ instance: name, kept, spent: { called: 0, written: 0 } })

const noted = (changes: Partial<CallChanges> = {}): CallChanges => ({
  facts: {
    callId: 'call 1',
    legId: 'leg 1',
    direction: 'inbound',
    otherParty: {},
    dialled: '+14155550101' as CallChanges['facts']['dialled'],
    startedAt: after(0),
  },
  mode: 'frontDesk',
  replaces: false,
  turns: [],
  tools: [],
  latency: [],
  steps: [],
  ...changes,
})

const whole = noted({
  replaces: true,
  turns: [
    { position: 1_024, speaker: 'assistant', text: 'Hello.', atMs: 10 },
    { position: 2_048, speaker: 'caller', text: 'A "table", please', atMs: 900 },
  ],
  tools: [{ position: 0, name: 'book', startedAtMs: 1_000, durationMs: 20, outcome: 'done' }],
  latency: [{ position: 0, measure: 'tool_to_output', ms: 20 }],
  transfers: [{ kind: 'cold', route: 'sales', label: 'sales', number: '+14155550111', reason: 'prices', atMs: 2_000 }],
  usage: { input: { text: 5, audio: 6, cachedText: 1, cachedAudio: 2 }, output: { text: 3, audio: 4 } },
  steps: [
    { position: 0, step: { kind: 'tool', toolCallId: 't1', name: 'book', argumentsJson: '{"for":2}', atMs: 1_000 } },
  ],
  plan: plan('frontDesk'),
})

let database: TestDatabase
/** Why some tests are for SQLite. */
const OWN_CLOCK = 'the clock of Postgres is its own: test/takeover.test.ts of store-postgres lets it pass'

beforeEach(async () => {
  database = await testDatabase()
  gone = []
})

/** A gateway's view of the one database. */
const gateway = (): Promise<DrizzleStore> => database.open()

/** Closes it as a kill does: nobody listens any more, and what SQLite's listened at is still there. */
const die = async (store: DrizzleStore): Promise<void> => {
  if (engineOfTest() !== 'sqlite') return store.close()
  const folder = dirname(database.url!.slice('file:'.length))
  const known = new Set(gone)
  const sockets = readdirSync(folder).filter((name) => name.includes('-alive-') && !known.has(name))
  for (const name of sockets) linkSync(join(folder, name), join(folder, `kept-${name}`))
  await store.close()
  for (const name of sockets) renameSync(join(folder, `kept-${name}`), join(folder, name))
  gone.push(...sockets)
}
let gone: string[] = []

/** One that has written the call and died at once. */
const dead = async (): Promise<void> => {
  const store = await gateway()
  await store.journal.tend(after(0))
  await store.journal.write([whole], after(1_000))
  await die(store)
}

const rows = async ({ database: books }: DrizzleStore, table: string): Promise<number> => {
  const [[count]] = (await books.all(sql.raw(`SELECT count(*) FROM ${table}`))) as [[number]]
  return count
}

describe('a call that is written while it lasts', () => {
  it('can be read like any other, and changes where it has changed', async () => {
    const { journal } = await gateway()
    expect(await journal.write([whole], after(1_000))).toEqual([])
    expect(await journal.find('call 1')).toMatchObject({
      legId: 'leg 1',
      mode: 'frontDesk',
      turns: [{ text: 'Hello.' }, { text: 'A "table", please' }],
      tools: [{ name: 'book', durationMs: 20 }],
      latency: { tool_to_output: [20] },
      transfers: [{ kind: 'cold', number: '+14155550111' }],
      usage: whole.usage,
    })
    await journal.write(
      [
        noted({
          turns: [
            { position: 1_024, speaker: 'caller', text: '', atMs: 0 },
            { position: 1_536, speaker: 'caller', text: 'Hi.', atMs: 500 },
            { position: 2_048, speaker: 'caller', text: 'A table for two', atMs: 900 },
          ],
          transfers: [],
        }),
      ],
      after(2_000),
    )
    expect(await journal.find('call 1')).toMatchObject({
      turns: [{ text: 'Hi.' }, { text: 'A table for two' }],
      transfers: [],
      tools: [{ name: 'book' }],
    })
  })

  it('is replaced as a whole by a process that takes it over', async () => {
    const { journal } = await gateway()
    await journal.write([whole], after(1_000))
    const turns = [{ position: 7, speaker: 'caller', text: 'Only this.', atMs: 1 }] as const
    await journal.write([noted({ replaces: true, turns })], after(2_000))
    expect(await journal.find('call 1')).toMatchObject({ turns: [{ text: 'Only this.' }], tools: [] })
  })

  it('leaves nothing behind but its story when it ends', async () => {
    const store = await gateway()
    await store.journal.write([whole], after(1_000))
    const story = (await store.journal.find('call 1'))!
    await store.journal.finish({ ...story, endedAt: after(5_000).toISOString(), disposition: 'caller_hung_up' })
    expect(await rows(store, 'live_calls')).toBe(0)
    expect(await rows(store, 'live_steps')).toBe(0)
    expect(await store.journal.find('call 1')).toMatchObject({ turns: [{ text: 'Hello.' }, {}] })
  })
})

describe('a call whose process is dead', () => {
  it('is found with what it left, and taken over once', async () => {
    await dead()
    const [one, other] = [await gateway(), await gateway()]
    const left = (await one.journal.abandoned('leg 1', after(3_000)))!
    expect(left).toMatchObject({
      callId: 'call 1',
      epoch: 1,
      plan: JSON.parse(whole.plan!),
      steps: whole.steps.map(({ step }) => step),
    })
    const taken = await Promise.all([one.journal.adopt(left, after(3_000)), other.journal.adopt(left, after(3_000))])
    expect(taken.filter((isTaken) => isTaken)).toHaveLength(1)
  })

  it('is taken over although it was closed as cut off meanwhile, and is open again', async ({ skip }) => {
    skip(engineOfTest() !== 'sqlite', OWN_CLOCK)
    await dead()
    const { journal } = await gateway()
    expect(await journal.tend(after(20_000))).toBe(1)
    const left = (await journal.abandoned('leg 1', after(21_000)))!
    expect(await journal.adopt(left, after(21_000))).toBe(true)
    expect(await journal.find('call 1')).not.toHaveProperty('endedAt')
    expect(await journal.tend(after(40_000)), 'it has a living process now').toBe(0)
  })

  it('is left to end after two minutes, and what was kept to go on with it is deleted', async ({ skip }) => {
    skip(engineOfTest() !== 'sqlite', OWN_CLOCK)
    await dead()
    const store = await gateway()
    await store.journal.tend(after(20_000))
    expect(await store.journal.abandoned('leg 1', after(200_000))).toBeUndefined()
    await store.journal.tend(after(200_000))
    expect([await rows(store, 'live_calls'), await rows(store, 'live_steps')]).toEqual([0, 0])
    expect(await store.journal.find('call 1')).toMatchObject({ disposition: 'cut_off', turns: [{}, {}] })
  })

  it.each(['{"instance":"frontDesk"', 'null', JSON.stringify({ instance: 'frontDesk', kept: {}, spent: {} })])(
    'is found without a plan when that is damaged, or of another version: %s',
    async (damaged) => {
      await dead()
      const { journal, database: asked } = await gateway()
      await asked.run(sql`UPDATE live_calls SET plan = ${damaged}`)
      await asked.run(sql`UPDATE live_steps SET step = '{"kind":'`)
      const left = await journal.abandoned('leg 1', after(3_000))
      expect(left).toMatchObject({ callId: 'call 1', epoch: 1, steps: [] })
      expect(left).not.toHaveProperty('plan')
    },
  )

  it('is taken over eight times at most', async () => {
    await dead()
    for (let n = 1; n <= 8; n++) {
      const store = await gateway()
      await store.journal.tend(after(n * 1_000))
      expect(
        await store.journal.adopt((await store.journal.abandoned('leg 1', after(n * 1_000)))!, after(n * 1_000)),
      ).toBe(true)
      await die(store)
    }
    const { journal } = await gateway()
    expect(await journal.adopt((await journal.abandoned('leg 1', after(9_000)))!, after(9_000))).toBe(false)
  })
})

describe('a call whose process lives', () => {
  // On Postgres its mark alone says so: the process may be on another machine.
  it('is not found, however long it has said nothing', async ({ skip }) => {
    skip(engineOfTest() !== 'sqlite')
    const old = await gateway()
    await old.journal.tend(after(0))
    await old.journal.write([whole], after(1_000))
    const { journal } = await gateway()
    for (const ms of [2_000, 60_000]) expect(await journal.abandoned('leg 1', after(ms))).toBeUndefined()
    expect(await old.journal.abandoned('leg 1', after(2_000)), 'its own').toBeUndefined()
  })

  it('stays open, and is not found, although that process hangs and another one tidies up', async ({ skip }) => {
    skip(engineOfTest() !== 'sqlite')
    const old = await gateway()
    await old.journal.tend(after(0))
    await old.journal.write([whole], after(1_000))
    const young = await gateway()
    for (const ms of [20_000, 60_000, 400_000]) expect(await young.journal.tend(after(ms))).toBe(0)
    expect(await young.journal.abandoned('leg 1', after(21_000))).toBeUndefined()
    expect(await rows(young, 'live_calls'), 'what its end would need').toBe(1)
    expect(await old.journal.write([noted({ plan: plan('again') })], after(401_000))).toEqual([])
  })

  it('is told when another has taken the call over, and changes nothing of it', async () => {
    const [old, young] = [await gateway(), await gateway()]
    await old.journal.begin({ ...(await started(old)), startedAt: after(0).toISOString() })
    expect(await young.journal.adopt({ callId: 'call 1', epoch: 1 }, after(2_000))).toBe(true)
    const turns = [{ position: 3_000, speaker: 'caller', text: 'Too late.', atMs: 1 }] as const
    expect(await old.journal.write([noted({ turns, plan: plan('old') })], after(3_000))).toEqual(['call 1'])
    const story = (await young.journal.find('call 1'))!
    expect(story.turns).toHaveLength(2)
    await old.journal.finish({ ...story, turns: [], disposition: 'fallback', endedAt: after(4_000).toISOString() })
    expect(await young.journal.find('call 1')).toEqual(story)
  })
})

const started = async ({ journal }: DrizzleStore) => {
  await journal.write([whole], after(1_000))
  return (await journal.find('call 1'))!
}

describe('a call that its processes die of', () => {
  it('tells how often in a row it was taken over soon after the last time', async ({ skip }) => {
    skip(engineOfTest() !== 'sqlite', OWN_CLOCK)
    await dead()
    const counts: number[] = []
    for (const ms of [2_000, 4_000, 6_000, 50_000]) {
      const store = await gateway()
      await store.journal.tend(after(ms))
      const left = (await store.journal.abandoned('leg 1', after(ms)))!
      counts.push(left.quickAdoptions)
      await store.journal.adopt(left, after(ms))
      await die(store)
    }
    expect(counts).toEqual([0, 1, 2, 0])
  })
})
