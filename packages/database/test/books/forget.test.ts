import type { CallStory, E164 } from '@llc-phone/core'
import { beforeEach, describe, expect, it } from 'vitest'
import { type DrizzleStore } from '@llc-phone/store-drizzle'
import { testStore } from '../../src/testing/test-database.ts'

const DAY_MS = 86_400_000
const THEIRS = '+14155559876' as E164
const OTHERS = '+14155550120' as E164

let store: DrizzleStore

beforeEach(async () => {
  store = await testStore()
})

const storyOf = (callId: string, caller: string, words: string, endedAt = new Date()): CallStory => ({
  callId,
  legId: `CA${callId}`,
  mode: 'frontDesk',
  direction: 'inbound',
  caller,
  dialled: '+14155550101',
  phase: 'ended',
  disposition: 'transferred',
  startedAt: new Date(endedAt.getTime() - 60_000).toISOString(),
  endedAt: endedAt.toISOString(),
  turns: [{ speaker: 'caller', text: words, atMs: 1 }],
  transfers: [{ kind: 'warm', route: 'sales', reason: words, atMs: 2, outcome: 'bridged' }],
  tools: [
    { name: 'take_message', startedAtMs: 1, durationMs: 2, outcome: 'done', input: { words }, result: { words } },
  ],
  latency: {},
  usage: { input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 }, output: { text: 0, audio: 0 } },
  audio: { framesIn: 0, framesOut: 0, dropped: 0, gapsFilledMs: 0 },
  events: [],
})

const leave = (callId: string, callerName: string, callerNumber: string, text: string) =>
  store.messages.take({ callId, callerName, callerNumber, text, urgency: 'normal', deliverTo: ['desk@example.com'] })

const placed = (callId: string, to: string, at: number, state = 'ended') =>
  store.database
    .run(`INSERT INTO outbound_calls (call_id, request_hash, to_number, from_number, mode, scenario, state, webhook, requested_at, cost_usd)
    VALUES ('${callId}', '', '${to}', '+14155550100', 'outbound', 'callback', '${state}', false, ${at}, 0.5)`)

describe('a caller who is deleted', () => {
  it('is gone with calls, messages, notes and contacts, and others are untouched', async () => {
    for (let n = 0; n < 30; n++) {
      await store.journal.finish(storyOf(`other ${n}`, OTHERS, 'I am Agatha'), { log: { version: 1, gzip: 'AAAA' } })
      if (n % 3 === 0) await store.journal.finish(storyOf(`theirs ${n}`, THEIRS, 'Zebulon here'))
      if (n % 15 === 0) await leave(`theirs ${n}`, 'Zebulon', THEIRS, `Call ${n}`)
    }
    await leave('other 1', 'Agatha', OTHERS, 'Hello.')
    await store.callNotes.add({ callId: 'theirs 0', text: 'angry' })
    await store.contacts.setTimeZone(THEIRS, 'America/New_York')
    await placed('placed 1', THEIRS, Date.now())
    await placed('placed 2', THEIRS, 1_000)
    const traces = await store.callers.find(THEIRS)
    expect(traces).toMatchObject({ live: 0, messages: 2, contacts: 1 })
    expect(traces.callIds).toHaveLength(12)
    expect(await store.callers.erase(THEIRS, traces)).toEqual({
      calls: 10,
      messages: 2,
      notes: 1,
      outboundCalls: 2,
      contacts: 1,
    })
    expect(await store.callers.find(THEIRS)).toEqual({ callIds: [], live: 0, messages: 0, contacts: 0 })
    expect(await store.journal.recent(1_000)).toHaveLength(30)
    expect(await store.messages.list()).toHaveLength(1)
    expect((await store.journal.find('other 1'))?.turns).toHaveLength(1)
  })

  it('stays on the do-not-call list, and what was spent on calling them today stays counted for two days', async () => {
    await store.doNotCall.add({ number: THEIRS, source: 'call' })
    await placed('placed 1', THEIRS, Date.now())
    await store.callers.erase(THEIRS, await store.callers.find(THEIRS))
    expect(await store.doNotCall.find(THEIRS)).toMatchObject({ number: THEIRS })
    expect(await store.outbound.find('placed 1')).toMatchObject({ to: '', costUsd: 0.5 })
    expect(await store.retention.forgetErased(new Date())).toBe(0)
    expect(await store.retention.forgetErased(new Date(Date.now() + 3 * DAY_MS))).toBe(1)
  })

  it('leaves no request either, of a call of which it is not known what became of it', async () => {
    await placed('placed 1', THEIRS, Date.now(), 'unknown')
    await store.database.run(`UPDATE outbound_calls SET plan = 'sealed'`)
    await store.callers.erase(THEIRS, await store.callers.find(THEIRS))
    expect(await store.database.all('SELECT to_number, plan FROM outbound_calls')).toEqual([['', null]])
  })

  it('takes the call on which a message for their number was left with them, and extensions too', async () => {
    await store.journal.finish(storyOf('withheld', '', 'Call me.'))
    await store.messages.take({
      callId: 'withheld',
      callerName: 'Zeb',
      callerNumber: THEIRS,
      callerExtension: '22',
      text: 'x',
      urgency: 'normal',
    })
    expect((await store.callers.find(THEIRS)).callIds).toEqual(['withheld'])
  })

  it('is told to be on the line', async () => {
    await store.journal.begin(storyOf('live', THEIRS, ''))
    await placed('queued', THEIRS, Date.now(), 'queued')
    expect(await store.callers.find(THEIRS)).toMatchObject({ live: 2 })
  })
})

it('the request of a placed call is not kept for good when nobody learns how it ended', async () => {
  await placed('placed 1', THEIRS, Date.now() - 3 * DAY_MS, 'unknown')
  await placed('placed 2', THEIRS, Date.now() - 1_000, 'unknown')
  await store.database.run(`UPDATE outbound_calls SET plan = 'sealed'`)
  await store.retention.forgetErased(new Date())
  expect(await store.database.all('SELECT call_id, plan FROM outbound_calls ORDER BY call_id')).toEqual([
    ['placed 1', null],
    ['placed 2', 'sealed'],
  ])
})

describe('what is kept long enough', () => {
  const old = new Date(Date.now() - 100 * DAY_MS)
  const line = new Date(Date.now() - 50 * DAY_MS)

  it('of calls are the words, not the calls, and none of a newer or a live call', async () => {
    for (let n = 0; n < 45; n++) await store.journal.finish(storyOf(`old ${n}`, OTHERS, 'Quackenbush', old))
    await store.callNotes.add({ callId: 'old 1', text: 'a note' })
    await store.journal.finish(storyOf('new', OTHERS, 'Merriweather'))
    expect(await store.retention.forgetWords(line)).toBe(45)
    const kept = await store.journal.find('old 1')
    expect(kept).toMatchObject({
      caller: OTHERS,
      turns: [],
      tools: [{ name: 'take_message' }],
      transfers: [{ outcome: 'bridged' }],
    })
    expect(kept!.tools[0]).not.toHaveProperty('input')
    expect(kept!.transfers[0]).not.toHaveProperty('reason')
    expect(await store.callNotes.of('old 1')).toEqual([])
    expect((await store.journal.find('new'))?.turns).toHaveLength(1)
    expect(await store.retention.forgetWords(line)).toBe(0)
  })

  it('of tools are inputs and results alone', async () => {
    await store.journal.finish(storyOf('old', OTHERS, 'Quackenbush', old))
    expect(await store.retention.forgetToolData(line)).toBeLessThanOrEqual(1)
    const kept = await store.journal.find('old')
    expect([kept?.turns.length, JSON.stringify(kept?.tools)]).toEqual([1, expect.not.stringContaining('Quack')])
  })

  it('are messages that are done, not those that nobody has seen to', async () => {
    const { id } = await leave('a', 'Ann', OTHERS, 'done long ago')
    await leave('a', 'Ann', OTHERS, 'never done')
    await store.messageList.change(id, { done: true }, 'ann')
    await store.database.run(`UPDATE messages SET done_at = ${old.getTime()}, created_at = 0 WHERE id = '${id}'`)
    await store.database.run(`UPDATE messages SET created_at = 0`)
    expect(await store.retention.forgetMessages(line)).toBe(1)
    expect(await store.messages.list()).toMatchObject([{ text: 'never done' }])
  })

  it('are counts of callers who got no assistant', async () => {
    const away = { dialled: OTHERS, reason: 'calls', calls: 1 }
    await store.turnedAway.add(Array.from({ length: 450 }, (_, n) => ({ ...away, minute: new Date(n * 60_000) })))
    await store.turnedAway.add([{ ...away, minute: new Date() }])
    expect(await store.retention.forgetTurnedAway(line)).toBe(450)
    expect(await store.turnedAway.recent(10)).toHaveLength(1)
  })

  it('is found by a job that knows when it ran last', async () => {
    expect(await store.retention.lastRun('retention')).toBeUndefined()
    await store.retention.ran('retention', old)
    await store.retention.ran('retention', line)
    expect(await store.retention.lastRun('retention')).toEqual(line)
  })
})
