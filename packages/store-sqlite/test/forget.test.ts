import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { CallStory, E164 } from '@llc-phone/core'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openSqliteStore } from '../src/index.ts'
import { type DrizzleStore } from '@llc-phone/store-drizzle'
import { tempFolder } from './fixtures/temp-folder.ts'

const THEIRS = '+14155559876' as E164
const OTHERS = '+14155550120' as E164

let folder: string
let store: DrizzleStore

beforeEach(async () => {
  folder = tempFolder()
  store = await openSqliteStore({ url: `file:${join(folder, 'a.db')}` })
  onTestFinished(() => store.close())
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

/** Which of these texts stand anywhere in the files of the database, in any case. */
const foundInFiles = (texts: readonly string[]): string[] => {
  const all = readdirSync(folder).filter((name) => !name.includes('alive'))
  const bytes = Buffer.concat(all.map((name) => readFileSync(join(folder, name))))
    .toString('latin1')
    .toLowerCase()
  return texts.filter((text) => bytes.includes(text.toLowerCase()))
}

const placed = (callId: string, to: string, at: number, state = 'ended') =>
  store.database
    .run(`INSERT INTO outbound_calls (call_id, request_hash, to_number, from_number, mode, scenario, state, webhook, requested_at, cost_usd)
    VALUES ('${callId}', '', '${to}', '+14155550100', 'outbound', 'callback', '${state}', 0, ${at}, 0.5)`)

describe('a caller who is deleted', () => {
  it('is nowhere in the files any more, and others are untouched', async () => {
    const name = 'Zebulon Quackenbush'
    for (let n = 0; n < 60; n++) {
      await store.journal.finish(
        storyOf(`other ${n}`, OTHERS, `I am Agatha Merriweather, ${OTHERS}, and this is ${'long '.repeat(n)}`),
        {
          log: { version: 1, gzip: gzipSync('{}').toString('base64') },
        },
      )
      if (n % 3 === 0)
        await store.journal.finish(
          storyOf(`theirs ${n}`, THEIRS, `${name} here, my number is ${THEIRS}. ${'And more. '.repeat(n)}`),
        )
      if (n % 15 === 0) await leave(`theirs ${n}`, name, THEIRS, `Call ${name} ${n}`)
    }
    await leave('other 1', 'Agatha Merriweather', OTHERS, 'Hello.')
    await store.callNotes.add({ callId: 'theirs 0', text: `${name} was angry.` })
    await store.contacts.setTimeZone(THEIRS, 'America/New_York')
    await store.doNotCall.add({ number: OTHERS, source: 'api' })
    await placed('placed 1', THEIRS, Date.now())
    await placed('placed 2', THEIRS, 1_000)
    expect(foundInFiles(['quackenbush', THEIRS, 'merriweather'])).toEqual(['quackenbush', THEIRS, 'merriweather'])

    const traces = await store.callers.find(THEIRS)
    expect(traces).toMatchObject({ live: 0, messages: 4, contacts: 1 })
    expect(traces.callIds).toHaveLength(22)
    expect(await store.callers.erase(THEIRS, traces)).toEqual({
      calls: 20,
      messages: 4,
      notes: 1,
      outboundCalls: 2,
      contacts: 1,
    })
    expect(await store.callers.scrub()).toBe(true)
    expect(foundInFiles(['quackenbush', 'zebulon', THEIRS, THEIRS.slice(1), 'merriweather'])).toEqual(['merriweather'])
    expect(await store.callers.find(THEIRS)).toEqual({ callIds: [], live: 0, messages: 0, contacts: 0 })
    expect(await store.journal.recent(1_000)).toHaveLength(60)
    expect(await store.messages.list()).toHaveLength(1)
    expect((await store.journal.find('other 1'))?.turns).toHaveLength(1)
  })
})
