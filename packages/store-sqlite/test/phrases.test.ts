import { join } from 'node:path'
import type { RecordedPhrase } from '@llc-phone/core'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { openSqliteStore } from '../src/index.ts'
import { type DrizzleStore } from '@llc-phone/store-drizzle'
import { tempFolder } from './fixtures/temp-folder.ts'

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

let url: string
let store: DrizzleStore
beforeEach(async () => {
  url = `file:${join(tempFolder(), 'a.db')}`
  store = await openSqliteStore({ url })
  onTestFinished(() => store.close())
})

it('a recorded phrase is the same to the byte after a restart', async () => {
  await store.phrases.keep(phrase)
  await store.close()
  store = await openSqliteStore({ url })
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
