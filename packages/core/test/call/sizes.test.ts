import { expect, it } from 'vitest'
import * as z from 'zod'
import { createEventLog, forLog } from '../../src/call/event-log.ts'
import { createExcerpt } from '../../src/call/excerpt.ts'
import { shortenText } from '../../src/call/shorten-text.ts'
import { codeOf } from '../../src/call/observer.ts'
import type { Fault } from '../../src/errors.ts'
import { hangUpTool, transferTool } from '../../src/mode/route-tools.ts'
import { settle } from '../../src/testing/index.ts'
import { defineTool } from '../../src/mode/tool.ts'
import { audio, greeter, openCall, routes } from './harness.ts'

const MEGABYTE = 'x'.repeat(1_000_000)
const STORY_BYTES = 500_000

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))

it('tells a call in half a megabyte, whatever its model sends', async () => {
  const long = defineTool({
    name: 'long',
    description: 'Says a lot.',
    input: z.object({}),
    run: () => 'é'.repeat(8_000),
  })
  const { model, goLive, call } = openCall(greeter({ tools: [hangUpTool(), long], grant: { toolCalls: 1_000 } }))
  await goLive()
  for (let n = 0; n < 600; n++) {
    model.latest.emit({
      type: 'toolCalled',
      toolCallId: `t${n}`,
      name: n % 2 === 0 ? 'long' : MEGABYTE,
      argumentsJson: JSON.stringify({ text: '\u0001'.repeat(2_000) }),
    })
    model.latest.emit({ type: 'transcript', itemId: `item${n}`, speaker: 'caller', text: MEGABYTE })
    model.latest.emit({ type: 'transcript', itemId: 'item0', speaker: 'caller', text: MEGABYTE })
    model.latest.emit({ type: 'itemPlaced', itemId: `${n}${MEGABYTE}`, speaker: 'caller' })
    await settle()
    // A model that never says a word is given up.
    model.latest.speak(audio(20), 'words')
    model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
  }
  const story = call.story()
  expect(sizeOf(story)).toBeLessThan(STORY_BYTES)
  expect(call.storyBytes).toBeLessThan(STORY_BYTES)
  expect(story.omitted).toMatchObject({ events: expect.any(Number), turns: expect.any(Number) })
  // How it began, and how it stands.
  expect(story.events[0]!.event).toMatchObject({ type: 'opened' })
  expect(story.events.findLast(({ event }) => event.type === 'toolSettled')!.event).toMatchObject({
    toolCallId: 't599',
  })
  expect(story.turns[0]!.text).toMatch(/^x+… \(1000000 characters\)$/)
})

it('tells an ordinary call whole', async () => {
  const { model, goLive, call } = openCall()
  await goLive()
  model.latest.emit({ type: 'transcript', itemId: 'a', speaker: 'caller', text: 'Hello,' })
  model.latest.emit({ type: 'transcript', itemId: 'a', speaker: 'caller', text: 'is anybody there?' })
  expect(call.story()).not.toHaveProperty('omitted')
  expect(call.story().turns).toMatchObject([{ text: 'Hello, is anybody there?' }])
})

it('remembers where the caller has been, however much happened afterwards', async () => {
  const { model, goLive, call } = openCall(greeter({ tools: [hangUpTool(), transferTool(routes)] }))
  await goLive()
  const argumentsJson = JSON.stringify({ destination: 'sales', reason: 'an offer' })
  for (let n = 0; n < 60; n++) model.latest.emit({ type: 'speechStopped' })
  model.latest.emit({ type: 'toolCalled', toolCallId: 'a', name: 'transfer_call', argumentsJson })
  await settle()
  for (let n = 0; n < 3_000; n++) model.latest.emit({ type: 'speechStopped' })
  const { events } = call.story()
  expect(events).toHaveLength(500)
  expect(events.filter(({ event }) => event.type === 'toolSettled')).toMatchObject([
    { event: { request: { departure: { kind: 'transfer', route: 'sales' } } } },
  ])
})

it('forgets the oldest stories when those of ended calls become too many bytes', async () => {
  const { registry, model, carrier: line } = openCall()
  let opened = 0
  for (let n = 0; n < 270; n++) {
    const call = registry.open({
      line,
      legId: `CB${n}`,
      direction: 'inbound',
      otherParty: {},
      dialled: routes.sales.number,
      mode: greeter(),
    })
    model.latest.emit({ type: 'configured' })
    for (let item = 0; item < 33; item++)
      model.latest.emit({ type: 'transcript', itemId: `i${item}`, speaker: 'caller', text: 'x'.repeat(4_000) })
    call.end('caller_hung_up')
    opened++
  }
  registry.open({
    line,
    legId: 'last',
    direction: 'inbound',
    otherParty: {},
    dialled: routes.sales.number,
    mode: greeter(),
  })
  const kept = registry.recent()
  expect(kept.length).toBeLessThan(opened)
  expect(kept.reduce((sum, call) => sum + call.storyBytes, 0)).toBeLessThan(34_000_000)
  expect(kept[0]!.facts.legId).toBe('CB269')
  await settle()
})

it('keeps beginning and end of a list, and of few long entries too', () => {
  const list = createExcerpt<string>({ entries: 10, bytes: 1_000, first: 3, bytesOf: (text) => text.length })
  for (let n = 0; n < 100; n++) list.add(String(n))
  expect(list.entries).toEqual(['0', '1', '2', '93', '94', '95', '96', '97', '98', '99'])
  expect(list.omitted).toBe(90)
  for (let n = 0; n < 10; n++) list.add(`${n}`.repeat(400))
  expect(list.bytes).toBeLessThanOrEqual(1_000)
  expect(list.entries.at(-1)).toBe('9'.repeat(400))
})

it('keeps an error in a bounded size, and never a pressed key', () => {
  const log = createEventLog()
  const error = { code: 'model_lost', message: MEGABYTE } as const
  log.add({ atMs: 0, event: forLog({ type: 'modelLost', error, retry: true }) })
  log.add({ atMs: 0, event: forLog({ type: 'digitPressed', digit: '7', heard: [] }) })
  const [lost, pressed] = log.entries
  expect(lost!.event).toMatchObject({ error: { code: 'model_lost' } })
  expect((lost!.event as { error: Fault }).error.message.length).toBeLessThan(3_000)
  expect(pressed!.event).toMatchObject({ digit: '•' })
})

it.each([
  ['rate_limit_exceeded', 'rate_limit_exceeded'],
  ['model_lost', 'model_lost'],
  [MEGABYTE, 'other'],
  ['my name is Dana Fields', 'other'],
  ['', 'other'],
  ['a\nb', 'other'],
])('takes a code for a word or for another one (%#)', (code, known) => {
  expect(codeOf(code)).toBe(known)
})

it('cuts a text at its end, never in the middle of a character', () => {
  expect(shortenText('short', 10)).toBe('short')
  const text = shortenText('😀'.repeat(100), 41)
  expect(text).toHaveLength(41)
  expect(text.isWellFormed()).toBe(true)
  expect(text).toContain('(200 characters)')
})

it('watches what a server says in its own words, apart from what we say about it', async () => {
  const { model, goLive, notices } = openCall()
  await goLive()
  model.latest.emit({ type: 'warning', code: MEGABYTE, message: `Dana Fields, born 1984 ${MEGABYTE}` })
  model.latest.emit({ type: 'replyEnded', outcome: 'failed', reason: 'Dana Fields said no' })
  const problems = notices.filter((notice) => notice.type === 'problem')
  expect(problems).toMatchObject([
    { code: 'other', message: 'The model server warned.', said: expect.stringMatching(/^Dana Fields/) },
    { code: 'model_lost', message: 'A reply failed: other.' },
  ])
  expect(sizeOf(problems)).toBeLessThan(2_000)
})
