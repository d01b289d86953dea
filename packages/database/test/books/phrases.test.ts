import type { RecordedPhrase } from '@llc-phone/core'
import { beforeEach, expect, it } from 'vitest'
import { type DrizzleStore } from '@llc-phone/store-drizzle'
import { testDatabase, type TestDatabase } from '../../src/testing/test-database.ts'

const every = Buffer.from(Uint8Array.from({ length: 480 }, (_, index) => index))
const phrase: RecordedPhrase = {
  key: 'oneMoment',
  voice: 'cedar',
  language: 'en',
  model: 'gpt-realtime-1.5',
  text: 'One moment, please.',
  payload: every.toString('base64'),
  recordedAt: new Date('2026-03-02T09:00:00.123Z'),
}

let database: TestDatabase
let store: DrizzleStore
beforeEach(async () => {
  database = await testDatabase()
  store = await database.open()
})

it('a recorded phrase is the same to the byte after a restart', async () => {
  await store.phrases.keep(phrase)
  await store.close()
  store = await database.open()
  expect(await store.phrases.list()).toEqual([phrase])
})

it('a new recording takes the place of the old one, and of no other', async () => {
  await store.phrases.keep(phrase)
  const others = [
    { ...phrase, voice: 'marin' },
    { ...phrase, language: 'es', text: 'Un momento, por favor.' },
    { ...phrase, key: 'sayAgain', text: 'Sorry, could you say that again?' },
  ] as const
  for (const other of others) await store.phrases.keep(other)
  const again = { ...phrase, model: 'gpt-realtime-2.1', text: 'One moment.', payload: '/w==', recordedAt: new Date(0) }
  await store.phrases.keep(again)
  expect(await store.phrases.list()).toEqual([again, others[2], others[1], others[0]])
})
