import type { CallStory } from '@llc-phone/core'
import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { type CallOpening } from '@llc-phone/store'
import { type DrizzleStore } from '@llc-phone/store-drizzle'
import { testDatabase, type TestDatabase } from '../src/testing/test-database.ts'

const BEGAN = Date.parse('2026-11-22T10:00:00.000Z')
const after = (ms: number) => new Date(BEGAN + ms)

const call = (callId: string, more: Partial<CallOpening> = {}): CallOpening => ({
  callId,
  legId: `CA ${callId}`,
  mode: 'frontDesk',
  direction: 'inbound',
  dialled: '+14155550101',
  startedAt: after(0).toISOString(),
  ...more,
})

const ended = (callId: string): CallStory => ({
  ...call(callId),
  phase: 'ended',
  disposition: 'caller_hung_up',
  endedAt: after(90_000).toISOString(),
  turns: [{ speaker: 'caller', text: 'Hello?', atMs: 10 }],
  tools: [],
  transfers: [],
  latency: {},
  usage: { input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 }, output: { text: 0, audio: 0 } },
  audio: { framesIn: 0, framesOut: 0, dropped: 0, gapsFilledMs: 0 },
  events: [],
})

let database: TestDatabase
beforeEach(async () => {
  database = await testDatabase()
})

/** A gateway's view of the one database, a file. The clock of Postgres is its own: see test/takeover.test.ts of store-postgres. */
const gateway = (): Promise<DrizzleStore> => database.open()

describe('a call that a crash has cut off', () => {
  it('ends, when the next gateway has heard nothing of its process for twelve seconds, with the last it heard', async () => {
    const old = await gateway()
    await old.journal.begin(call('call 1'))
    await old.journal.begin(call('call 2', { direction: 'outbound' }))
    await old.journal.tend(after(60_000))
    await old.close()

    const { journal } = await gateway()
    expect(await journal.tend(after(63_000))).toBe(0)
    expect(await journal.find('call 1')).not.toHaveProperty('endedAt')
    expect(await journal.tend(after(73_000))).toBe(2)
    for (const id of ['call 1', 'call 2'])
      expect(await journal.find(id)).toMatchObject({ disposition: 'cut_off', endedAt: after(60_000).toISOString() })
    expect(await journal.tend(after(76_000))).toBe(0)
  })

  it('ends when it began if its process died before it ever said that it lives', async () => {
    const old = await gateway()
    await old.journal.begin(call('call 1'))
    await old.close()
    const { journal } = await gateway()
    await journal.tend(after(1_000))
    expect(await journal.find('call 1')).toMatchObject({ disposition: 'cut_off', endedAt: after(0).toISOString() })
  })

  it('ends although an older version began it, which did not say whose calls are whose', async () => {
    const { database: asked, journal } = await gateway()
    await asked.run(sql`INSERT INTO calls (id, call_sid, mode, direction, dialled, started_at)
      VALUES ('call 1', 'CA1', 'frontDesk', 'inbound', '+14155550101', ${BEGAN})`)
    expect(await journal.tend(after(1_000))).toBe(1)
    expect(await journal.find('CA1')).toMatchObject({ disposition: 'cut_off' })
  })

  it('never ends before it began, whatever the clocks say', async () => {
    const old = await gateway()
    await old.journal.tend(after(-30_000))
    await old.journal.begin(call('call 1'))
    await old.close()
    const { journal } = await gateway()
    await journal.tend(after(1_000))
    expect(await journal.find('call 1')).toMatchObject({ endedAt: after(0).toISOString() })
  })
})

describe('calls that are going on', () => {
  it('of this gateway are left alone, however long it was kept from saying that it lives', async () => {
    const { journal } = await gateway()
    await journal.tend(after(0))
    await journal.begin(call('call 1'))
    expect(await journal.tend(after(3_600_000))).toBe(0)
    expect(await journal.find('call 1')).not.toHaveProperty('endedAt')
  })

  it('of a gateway that still talks during a deployment are left alone, until it dies', async () => {
    const [old, young] = [await gateway(), await gateway()]
    await old.journal.begin(call('call 1'))
    for (let ms = 0; ms <= 60_000; ms += 3_000) {
      await old.journal.tend(after(ms))
      expect(await young.journal.tend(after(ms + 1_000))).toBe(0)
    }
    await young.journal.tend(after(63_000))
    expect(await young.journal.find('call 1')).not.toHaveProperty('endedAt')
    // It answers as long as it lives, however old its mark.
    await young.journal.tend(after(72_000))
    expect(await young.journal.find('call 1')).not.toHaveProperty('endedAt')
    await old.close()
    await young.journal.tend(after(75_000))
    expect(await young.journal.find('call 1')).toMatchObject({ disposition: 'cut_off' })
  })

  it('of a gateway that was only slow have their own end in the end', async () => {
    const [old, young] = [await gateway(), await gateway()]
    await old.journal.begin(call('call 1'))
    await young.journal.tend(after(60_000))
    expect(await young.journal.find('call 1')).toMatchObject({ disposition: 'cut_off', turns: [] })
    await old.journal.tend(after(60_500))
    await old.journal.finish(ended('call 1'))
    await young.journal.tend(after(120_000))
    expect(await young.journal.find('call 1')).toMatchObject({
      disposition: 'caller_hung_up',
      endedAt: after(90_000).toISOString(),
      turns: [{ text: 'Hello?' }],
    })
  })

  it('leave nothing behind of gateways that are gone', async () => {
    for (let n = 0; n < 3; n++) {
      const gone = await gateway()
      await gone.journal.tend(after(n * 1_000))
      await gone.close()
    }
    const { database: asked, journal } = await gateway()
    await journal.tend(after(60_000))
    expect(await asked.all(sql`SELECT count(*) FROM processes`)).toEqual([[1]])
    expect(await asked.select().from(asked.tables.calls)).toEqual([])
  })
})
