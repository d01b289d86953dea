import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import { engineOfTest, testStore } from '../../src/testing/test-database.ts'

let store: DrizzleStore
beforeEach(async () => {
  store = await testStore()
})

const all = (query: ReturnType<typeof sql>) => store.database.all<unknown[]>(query)

describe('words of a call', () => {
  const found = async (words: string) =>
    (await store.journal.recent(10, { filter: { words } })).map(({ callId }) => callId)
  const call = (callId: string, text: string) => ({
    callId,
    legId: callId,
    mode: 'desk',
    direction: 'inbound' as const,
    dialled: '+14155550101',
    startedAt: '2026-11-22T10:00:00.000Z',
    endedAt: '2026-11-22T10:01:00.000Z',
    turns: [{ speaker: 'caller' as const, text, atMs: 1 }],
    tools: [],
    transfers: [],
    latency: {},
    usage: { input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 }, output: { text: 0, audio: 0 } },
  })

  it('are found no more once the words or the call are deleted', async () => {
    await store.journal.finish(call('one', 'the zebra'))
    await store.journal.finish(call('two', 'the zebra too'))
    expect(await found('zebra')).toEqual(['two', 'one'])
    await all(sql`DELETE FROM turns WHERE call_id = 'one'`)
    expect(await found('zebra')).toEqual(['two'])
    await all(sql`DELETE FROM calls WHERE id = 'two'`)
    expect(await all(sql`SELECT count(*) FROM call_words`)).toEqual([[0]])
  })

  it('are those of the last story, when it is written again', async () => {
    await store.journal.finish(call('three', 'first words'))
    await store.journal.finish(call('three', 'other words'))
    expect(await found('first')).toEqual([])
    expect(await found('other')).toEqual(['three'])
  })

  it('of a call that a crash has cut off are found too', async ({ skip }) => {
    skip(
      engineOfTest() !== 'sqlite',
      'Several machines: nobody is known to be dead before the database has answered for a while.',
    )
    await all(sql`INSERT INTO calls (id, call_sid, mode, direction, dialled, started_at, process)
      VALUES ('four', 'four', 'desk', 'inbound', '+14155550101', 1, 'dead')`)
    await all(
      sql`INSERT INTO turns (call_id, position, speaker, text, at_ms) VALUES ('four', 1, 'caller', 'an okapi', 1)`,
    )
    expect(await store.journal.tend(new Date())).toBe(1)
    expect(await found('okapi')).toEqual(['four'])
  })

  it('are found whatever their length and number, and by their beginning', async () => {
    const long = 'a'.repeat(9_000)
    const many = Array.from({ length: 4_000 }, (_, n) => `word${n}`).join(' ')
    await store.journal.finish(call('five', `${long} ÉCOLE ${many}`))
    for (const words of [long, 'ecole', 'word3999', 'eco*', `ecole ${long}`])
      expect(await found(words)).toEqual(['five'])
    expect(await found('ecole nothing')).toEqual([])
    expect(await found("'; drop")).toEqual([])
  })
})
