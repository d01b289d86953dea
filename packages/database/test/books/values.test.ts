import type { CallStory } from '@llc-phone/core'
import { array, assert, asyncProperty, constantFrom, double, jsonValue, letrec, oneof, tuple } from 'fast-check'
import { expect, it } from 'vitest'
import { wish } from '@llc-phone/store/testing'
import { engineOfTest, testStore } from '../../src/testing/test-database.ts'

/** What breaks texts: NUL, halves of surrogate pairs, 4 bytes, signs of SQL and JSON. */
const oddText = array(
  constantFrom('\0', '\uD800', '\uDC00', '😀', 'é', 'ß', 'a', 'B', '"', "'", '\\', '%', '_', '\u2028', '\n', '$1'),
  {
    maxLength: 8,
  },
).map((signs) => signs.join(''))

const { json } = letrec<{ json: unknown; leaf: unknown }>((tie) => ({
  leaf: oneof(
    oddText,
    constantFrom<unknown>(null, true, -0, 1e21, 5e-324, Number.MAX_VALUE, 0.1),
    jsonValue({ maxDepth: 0 }),
  ),
  json: oneof(
    { maxDepth: 3 },
    tie('leaf'),
    array(tie('json'), { maxLength: 4 }),
    array(tuple(oneof(oddText, constantFrom('__proto__', 'constructor', '', '10', '9')), tie('json')), {
      maxLength: 4,
    }).map(Object.fromEntries),
  ),
}))

/** Postgres has no NUL. */
const kept = (text: string): string => (engineOfTest() === 'sqlite' ? text : text.toWellFormed().replaceAll('\0', ''))

const keptJson = (value: unknown): unknown => {
  if (typeof value === 'string') return kept(value)
  if (Array.isArray(value)) return value.map(keptJson)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [kept(key), keptJson(each)]))
}

it('texts come back as they were, without what the engine cannot hold', async () => {
  const { callNotes } = await testStore()
  let count = 0
  await assert(
    asyncProperty(oddText, async (text) => {
      const callId = `call ${count++}`
      await callNotes.add({ callId, text })
      expect(await callNotes.of(callId)).toMatchObject([{ text: kept(text).toWellFormed() }])
    }),
    { numRuns: 100 },
  )
})

it('JSON comes back with its keys in their order', async () => {
  const { settings } = await testStore()
  await assert(
    asyncProperty(json, async (document) => {
      await settings.saveDraft({ document: [document], by: 'ann', at: new Date(), revision: undefined })
      const expected = JSON.stringify(keptJson(JSON.parse(JSON.stringify([document]))))
      expect(JSON.stringify((await settings.draft())?.document)).toBe(expected)
      await settings.discardDraft()
    }),
    { numRuns: 100, endOnFailure: true },
  )
})

const story = (callId: string): CallStory => ({
  callId,
  legId: callId,
  mode: 'desk',
  direction: 'inbound',
  dialled: '+14155550101',
  phase: 'ended',
  startedAt: '2026-11-22T10:00:00.000Z',
  endedAt: '2026-11-22T10:01:00.000Z',
  turns: [],
  transfers: [],
  tools: [],
  latency: {},
  usage: { input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 }, output: { text: 0, audio: 0 } },
  audio: { framesIn: 0, framesOut: 0, dropped: 0, gapsFilledMs: 0 },
  events: [],
})

it('numbers come back exactly, without a sign on zero, and what is no number is unknown', async () => {
  const { journal } = await testStore()
  let count = 0
  await assert(
    asyncProperty(oneof(double(), constantFrom(-0, NaN, Infinity, -Infinity, 0.1 + 0.2)), async (costUsd) => {
      const callId = `call ${count++}`
      await journal.finish(story(callId), { costUsd })
      expect((await journal.find(callId))?.costUsd).toBe(Number.isNaN(costUsd) ? undefined : costUsd + 0)
    }),
    { numRuns: 60 },
  )
})

it('a story with odd words and a fraction of a millisecond is kept whole', async () => {
  const { journal } = await testStore()
  const said = 'nul \0 half \uD800 four 😀 "quoted" \\u0000 \\0'
  await journal.finish({
    ...story('call 1'),
    turns: [{ speaker: 'caller', text: said, atMs: 10.6 }],
    tools: [{ name: 'a', startedAtMs: 1.25, durationMs: 2, outcome: 'done', input: { [said]: said }, result: [said] }],
  })
  const found = await journal.find('call 1')
  expect(found?.turns).toEqual([
    {
      speaker: 'caller',
      text: expect.stringContaining('four 😀 "quoted" \\u0000 \\0') as string,
      atMs: expect.closeTo(10.8, 0) as number,
    },
  ])
  expect(found?.tools).toMatchObject([{ startedAtMs: 1.25, input: keptJson({ [said]: said }), result: [kept(said)] }])
})

it('times come back to the millisecond, from the first that JavaScript has to the last', async () => {
  const { outbound } = await testStore()
  for (const ms of [-8.64e15, -1, 0, 1, 1_796_023_535_010, 8.64e15]) {
    const requestedAt = new Date(ms)
    await outbound.begin(wish(`call at ${ms}`, { requestedAt }))
    expect((await outbound.find(`call at ${ms}`))?.requestedAt).toEqual(requestedAt)
  }
  expect((await outbound.unfinished()).map(({ requestedAt }) => requestedAt.getTime())).toEqual([
    -8.64e15, -1, 0, 1, 1_796_023_535_010, 8.64e15,
  ])
})

it('texts are in the order of their bytes, whatever the language of the database', async () => {
  const { people } = await testStore()
  for (const name of ['b', 'B', 'a', 'ä', 'Z', '_', 'a-b', 'ab', 'é']) await people.add(`x${name}x`, 'viewer')
  // A name that differs in the case of ASCII letters is the same: "b" and "B".
  expect((await people.list()).map(({ name }) => name)).toEqual([
    'xZx',
    'x_x',
    'xa-bx',
    'xabx',
    'xax',
    'xbx',
    'xäx',
    'xéx',
  ])
})
