import type { CallChanges } from '@llc-phone/core'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openPostgresStore } from '../src/index.ts'
import { hasPostgres, startCluster, type Cluster } from '../src/testing/index.ts'

const MINUTE_MS = 60_000
/** A clock that is wrong by an hour, on one machine only. */
const wrong = (hours: number) => new Date(Date.now() + hours * 60 * MINUTE_MS)

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

const noted = (changes: Partial<CallChanges> = {}): CallChanges => ({
  facts: {
    callId: 'call-1',
    legId: 'leg 1',
    direction: 'inbound',
    otherParty: {},
    dialled: '+14155550101' as CallChanges['facts']['dialled'],
    startedAt: wrong(1),
  },
  mode: 'frontDesk',
  replaces: true,
  turns: [{ position: 1_024, speaker: 'caller', text: 'Hello.', atMs: 10 }],
  tools: [],
  latency: [],
  steps: [],
  plan: JSON.stringify({ instance: 'frontDesk', kept, spent: { called: 0, written: 0 } }),
  ...changes,
})

if (!hasPostgres()) {
  it.skip('calls that another machine takes over: no Postgres is installed (initdb was not found)')
}

describe.runIf(hasPostgres())('a call on a database of several machines', () => {
  let cluster: Cluster
  let stores: DrizzleStore[]
  beforeAll(async () => {
    // Steadiness is measured by the uptime, which the tests let pass.
    vi.useFakeTimers({ toFake: ['performance'] })
    cluster = await startCluster()
    await cluster.create('takeover')
    const open = (instance: string) => openPostgresStore({ url: cluster.url('takeover'), instance, connections: 4 })
    stores = [await open('a')]
    stores.push(...(await Promise.all(['b', 'c', 'd'].map(open))))
  }, 60_000)
  afterAll(async () => {
    vi.useRealTimers()
    await Promise.all(stores.map((store) => store.close()))
    await cluster.stop()
  })

  let a: DrizzleStore
  let b: DrizzleStore
  beforeEach(async () => {
    ;[a, b] = stores as [DrizzleStore, DrizzleStore]
    await a.database.run(sql`TRUNCATE calls, processes, instances CASCADE`)
    await a.journal.tend(wrong(1))
    await a.journal.write([noted()], wrong(1))
  })

  /** Lets the last signs of a process be so old. */
  const silence = async (ms: number) => {
    await a.database.run(sql`UPDATE live_calls SET written_at = written_at - CAST(${ms} AS bigint)`)
    await a.database.run(
      sql`UPDATE processes SET seen_at = seen_at - CAST(${ms} AS bigint) WHERE id = ${a.fleet.bootId}`,
    )
  }

  /** The database has answered it for so long without a gap. */
  const steady = async (store: DrizzleStore) => {
    for (let passed = 0; passed <= 15_000; passed += 3_000) {
      // oxlint-disable-next-line no-await-in-loop -- time passes
      await store.journal.tend(wrong(-1))
      vi.advanceTimersByTime(3_000)
    }
  }

  it('is found although its process has given a sign a moment ago: the carrier cannot reach that one', async () => {
    const left = (await b.journal.abandoned('leg 1', wrong(-1)))!
    expect(left).toMatchObject({ callId: 'call-1', epoch: 1, quickAdoptions: 0 })
    expect(left.silentMs).toBeLessThan(2_000)
    expect(await b.journal.abandoned('call-1', wrong(-1)), 'by its id').toEqual(expect.objectContaining({ epoch: 1 }))
    expect(await a.journal.abandoned('leg 1', wrong(1)), 'its own').toBeUndefined()
  })

  it('has lasted as long as its own process would say, whatever the clock here says', async () => {
    const left = (await b.journal.abandoned('leg 1', wrong(-1)))!
    expect(left.lastedMs).toBeLessThan(5_000)
  })

  it('is taken over by one of sixteen, and its old process writes nothing more and is told', async () => {
    const left = (await b.journal.abandoned('leg 1', new Date()))!
    const taken = await Promise.all(
      Array.from({ length: 16 }, (_, at) => stores[1 + (at % 3)]!.journal.adopt(left, new Date())),
    )
    expect(taken.filter(Boolean)).toHaveLength(1)
    const late = { position: 2_048, speaker: 'caller' as const, text: 'Too late.', atMs: 20 }
    expect(await a.journal.write([noted({ replaces: false, turns: [late] })], wrong(1))).toEqual(['call-1'])
    const story = (await a.journal.find('call-1'))!
    expect(story.turns).toHaveLength(1)
    expect(await b.journal.left('call-1')).toEqual({ plan: left.plan, steps: [] })
    await a.journal.finish({ ...story, turns: [], endedAt: new Date().toISOString(), disposition: 'fallback' })
    expect(await a.journal.find('call-1')).not.toHaveProperty('endedAt')
    const owner = (await a.fleet.ownerOf('call-1'))!
    expect(['b', 'c', 'd']).toContain(owner)
  })

  it('counts adoptions in a row, and not those of calls that were left on purpose', async () => {
    const counts: number[] = []
    for (const store of stores.slice(1)) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const left = (await store.journal.abandoned('leg 1', new Date()))!
      counts.push(left.quickAdoptions)
      // oxlint-disable-next-line no-await-in-loop -- as above
      await store.journal.adopt(left, new Date())
    }
    await stores[3]!.journal.release('call-1')
    counts.push((await a.journal.abandoned('leg 1', new Date()))!.quickAdoptions)
    expect(counts).toEqual([0, 1, 2, 0])
  })

  it('is stray after five silent seconds, told to one process at a time, and to none that has lost the database meanwhile', async () => {
    await silence(4_000)
    await steady(b)
    expect(await b.journal.strays(5, wrong(-1))).toEqual([])
    await silence(2_000)
    expect(await stores[2]!.journal.strays(5, wrong(-1)), 'its own marks have only begun').toEqual([])
    expect(await b.journal.strays(5, wrong(-1))).toMatchObject([{ callId: 'call-1', legId: 'leg 1', epoch: 1 }])
    expect(await b.journal.strays(5, wrong(-1)), 'again at once').toEqual([])
    vi.advanceTimersByTime(6_000)
    await b.journal.tend(wrong(-1))
    await a.database.run(sql`UPDATE live_calls SET looked_at = NULL`)
    expect(await b.journal.strays(5, wrong(-1)), 'after an outage').toEqual([])
  })

  it('is told before those that were looked at already, however long they have waited', async () => {
    const another = noted()
    await a.journal.write([{ ...another, facts: { ...another.facts, callId: 'call-2', legId: 'leg 2' } }], wrong(1))
    await silence(6_000)
    await a.database.run(sql`UPDATE live_calls SET written_at = written_at - 1000 WHERE call_id = 'call-1'`)
    await steady(b)
    const told = async () => (await b.journal.strays(1, wrong(-1))).map(({ callId }) => callId)
    expect(await told()).toEqual(['call-1'])
    // So long ago that it may be looked at again.
    await a.database.run(sql`UPDATE live_calls SET looked_at = looked_at - 11000 WHERE call_id = 'call-1'`)
    expect(await told()).toEqual(['call-2'])
    expect(await told()).toEqual(['call-1'])
  })

  it('is not stray when only the clock of the database was set', async () => {
    await steady(b)
    await b.journal.tend(wrong(-1))
    // As it is right after: nobody has given a sign by the new time.
    await silence(6_000)
    await a.database.run(sql`UPDATE processes SET seen_at = seen_at - 6000 WHERE id = ${b.fleet.bootId}`)
    expect(await b.journal.strays(5, wrong(-1))).toEqual([])
    // While the uptime stands still, the database's clock goes on by more than it may.
    await new Promise((resolve) => setTimeout(resolve, 2_200))
    await b.journal.tend(wrong(-1))
    expect(await b.journal.strays(5, wrong(-1)), 'the others have had no time for a sign').toEqual([])
    await steady(b)
    expect(await b.journal.strays(5, wrong(-1))).toHaveLength(1)
  })

  it('is not closed as cut off by the clock of another machine', async () => {
    await steady(b)
    expect(await b.journal.tend(wrong(2))).toBe(0)
    await silence(13_000)
    expect(await b.journal.tend(wrong(-2))).toBe(1)
    expect(await b.database.all(sql`SELECT id FROM processes`), 'the dead one is forgotten').toEqual([[b.fleet.bootId]])
    const left = (await b.journal.abandoned('leg 1', wrong(-2)))!
    expect(await b.journal.adopt(left, wrong(-2)), 'closed, but not over').toBe(true)
    expect(await b.journal.find('call-1')).not.toHaveProperty('endedAt')
  })

  it('cannot be gone on with after two minutes, and what was kept for that is deleted', async () => {
    await steady(b)
    await silence(121_000)
    expect(await b.journal.abandoned('leg 1', wrong(-1))).toBeUndefined()
    expect(await b.journal.tend(wrong(-1))).toBe(1)
    await b.journal.tend(wrong(-1))
    expect(await b.database.all(sql`SELECT count(*) FROM live_calls`)).toEqual([[0]])
    expect(await b.journal.find('call-1')).toMatchObject({ disposition: 'cut_off', turns: [{}] })
  })

  it('says beside it what comes next for its caller, and how often it was taken over', async () => {
    const facts = async () => b.database.all(sql`SELECT next, adopted FROM calls`)
    const next = { kind: 'transfer', route: 'sales' } as const
    await a.journal.write([noted({ replaces: false, next })], wrong(1))
    expect(await facts()).toEqual([[JSON.stringify(next), 0]])
    await a.journal.write([noted({ replaces: false, turns: [] })], wrong(1))
    expect(await facts(), 'unchanged').toEqual([[JSON.stringify(next), 0]])
    await a.journal.write([noted({ replaces: false, next: null })], wrong(1))
    expect(await facts()).toEqual([[null, 0]])
    await a.journal.release('call-1')
    await b.journal.adopt((await b.journal.abandoned('leg 1', wrong(-1)))!, wrong(-1))
    expect(await facts()).toEqual([['{"kind":"resume"}', 1]])
  })

  it('is closed when its leg has ended, unless somebody has taken it over', async () => {
    const left = (await b.journal.abandoned('leg 1', new Date()))!
    const endedAt = wrong(1.1)
    expect(await b.journal.closeStray({ callId: 'call-1', epoch: 2 }, endedAt)).toBe(false)
    expect(await b.journal.closeStray(left, endedAt)).toBe(true)
    expect(await b.journal.find('call-1')).toMatchObject({ disposition: 'cut_off', endedAt: endedAt.toISOString() })
    expect(await b.journal.adopt(left, new Date())).toBe(false)
  })
})
