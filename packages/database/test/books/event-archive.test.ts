import { gunzipSync, gzipSync } from 'node:zlib'
import type { CallStory } from '@llc-phone/core'
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { type KeptEvents } from '@llc-phone/store'
import { type DrizzleStore } from '@llc-phone/store-drizzle'
import { testStore } from '../../src/testing/test-database.ts'

let store: DrizzleStore

beforeEach(async () => {
  store = await testStore()
})

const storyOf = (callId: string, endedAt = '2026-11-22T10:01:30.500Z'): CallStory => ({
  callId,
  legId: `CA ${callId}`,
  mode: 'frontDesk',
  direction: 'inbound',
  dialled: '+14155550101',
  phase: 'ended',
  disposition: 'caller_hung_up',
  startedAt: '2026-11-22T10:00:00.000Z',
  endedAt,
  turns: [],
  transfers: [],
  tools: [],
  latency: {},
  usage: { input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 }, output: { text: 0, audio: 0 } },
  audio: { framesIn: 0, framesOut: 0, dropped: 0, gapsFilledMs: 0 },
  events: [],
})

const logOf = (text: string): KeptEvents => ({ version: 1, gzip: gzipSync(text).toString('base64') })

const textOf = async (id: string): Promise<string | undefined> => {
  const found = await store.events.find(id)
  return found && gunzipSync(Buffer.from(found.gzip, 'base64')).toString()
}

describe('the log of a call', () => {
  it('is kept with its story, and found by our id or that of the leg', async () => {
    await store.journal.finish(storyOf('a'), { log: logOf('{"a": 1}') })
    expect(await store.events.find('a')).toMatchObject({ callId: 'a', version: 1 })
    expect(await textOf('a')).toBe('{"a": 1}')
    expect(await textOf('CA a')).toBe('{"a": 1}')
    expect(await textOf('nobody')).toBeUndefined()
    expect(await textOf('')).toBeUndefined()
  })

  it('is not there where none was given, and stays when the story is written again', async () => {
    await store.journal.finish(storyOf('a'))
    expect(await textOf('a')).toBeUndefined()
    await store.journal.finish(storyOf('a'), { log: logOf('{}') })
    await store.journal.finish(storyOf('a'))
    expect(await textOf('a')).toBe('{}')
    await store.journal.finish(storyOf('a'), { log: logOf('{"again": true}') })
    expect(await textOf('a')).toBe('{"again": true}')
  })

  it('goes with its call', async () => {
    await store.journal.finish(storyOf('a'), { log: logOf('{}') })
    const { calls } = store.database.tables
    await store.database.delete(calls).where(eq(calls.id, 'a'))
    expect(await textOf('a')).toBeUndefined()
  })

  it('is forgotten when it is old, and its story stays', async () => {
    for (let n = 0; n < 450; n += 5)
      // oxlint-disable-next-line no-await-in-loop -- as calls end
      await Promise.all(
        [0, 1, 2, 3, 4].map((more) => store.journal.finish(storyOf(`old ${n + more}`), { log: logOf('{}') })),
      )
    await store.journal.finish(storyOf('young', '2026-12-22T10:00:00.000Z'), { log: logOf('{}') })
    expect(await store.events.forget(new Date('2026-12-22T10:00:00.000Z'))).toBe(450)
    expect(await textOf('old 7')).toBeUndefined()
    expect(await store.journal.find('old 7')).toMatchObject({ disposition: 'caller_hung_up' })
    expect(await textOf('young')).toBe('{}')
    expect(await store.events.forget(new Date('2026-12-22T10:00:00.000Z'))).toBe(0)
  })
})
