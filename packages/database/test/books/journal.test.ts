import type { CallStory, E164 } from '@llc-phone/core'
import { eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { type DrizzleStore } from '@llc-phone/store-drizzle'
import { testStore } from '../../src/testing/test-database.ts'

let store: DrizzleStore

beforeEach(async () => {
  store = await testStore()
})

const number = '+14155550111' as E164

const story: CallStory = {
  callId: 'call 1',
  legId: 'CA1',
  mode: 'frontDesk',
  direction: 'inbound',
  caller: '+14155550199',
  dialled: '+14155550101',
  phase: 'ended',
  disposition: 'transferred',
  promptVersion: '0123456789ab',
  startedAt: '2026-11-22T10:00:00.000Z',
  endedAt: '2026-11-22T10:01:30.500Z',
  turns: [
    { speaker: 'assistant', text: `Hello, "Acme"; how may I help?`, atMs: 10 },
    { speaker: 'caller', text: `It's about — 'billing' 🧾\nplease`, atMs: 4_000 },
    { speaker: 'assistant', text: 'One moment.', atMs: 6_000 },
  ],
  tools: [
    { name: 'transfer_call', startedAtMs: 5_000.25, durationMs: 12.5, outcome: 'done' },
    { name: 'take_message', startedAtMs: 6_000, durationMs: 10_000, outcome: 'timed_out' },
  ],
  latency: { speech_end_to_frame: [412.31, 398], webhook_to_answer: [3.2] },
  usage: {
    input: { text: 1_000, audio: 600, cachedText: 700, cachedAudio: 64 },
    output: { text: 90, audio: 1_200 },
    transcription: [{ model: 'gpt-transcribe', seconds: 12.5, input: { text: 0, audio: 0 }, output: { text: 0 } }],
  },
  audio: { framesIn: 4_500, framesOut: 1_200, dropped: 0, gapsFilledMs: 20 },
  transfers: [
    {
      kind: 'cold',
      route: 'billing',
      number,
      label: 'billing',
      reason: 'An invoice',
      atMs: 5_100,
      outcome: 'busy',
    },
    {
      kind: 'warm',
      route: 'sales',
      number,
      label: 'sales',
      reason: 'Anna, an invoice',
      atMs: 40_000,
      outcome: 'bridged',
    },
  ],
  events: [],
}

const { phase: _phase, events: _events, ...told } = story

const recorded = {
  ...told,
  model: 'gpt-realtime-2.1',
  costUsd: 0.1234,
}

const bill = { model: 'gpt-realtime-2.1', costUsd: 0.1234 }

describe('the journal', () => {
  it('gives back the whole story of a finished call', async () => {
    await store.journal.begin(story)
    await store.journal.finish(story, bill)
    expect(await store.journal.find('call 1')).toEqual(recorded)
  })

  it('keeps a call in which nothing happened, from a withheld number', async () => {
    const { caller: _, endedAt: __, disposition: ___, ...rest } = story
    const silent = { ...rest, turns: [], tools: [], transfers: [], latency: {}, events: [] }
    await store.journal.finish(silent)
    const { phase: ____, events: _____, ...expected } = silent
    expect(await store.journal.find('call 1')).toEqual(expected)
  })

  it('finds a call by its CallSid too, with all that happened in it', async () => {
    await store.journal.finish({ ...story, callId: 'call 0', legId: 'CA0', turns: [] })
    await store.journal.finish(story, bill)
    expect(await store.journal.find('CA1')).toEqual(recorded)
  })

  it('says who has answered a call we placed', async () => {
    await store.journal.finish({ ...story, direction: 'outbound', answeredBy: 'machine_ended' })
    expect(await store.journal.find('call 1')).toMatchObject({ answeredBy: 'machine_ended' })
    expect(await store.journal.recent(1)).toMatchObject([{ answeredBy: 'machine_ended' }])
  })

  it('forgets what happened in a call when the call is deleted', async () => {
    await store.journal.finish(story)
    const { calls } = store.database.tables
    await store.database.delete(calls).where(eq(calls.id, 'call 1'))
    for (const table of ['turns', 'tool_runs', 'transfers', 'latency_marks'])
      expect(await store.database.all(sql.raw(`SELECT count(*) FROM ${table}`))).toEqual([[0]])
  })
})
