import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { defineTool, e164, hangUpTool, takeMessageTool, transferTool, type Tool } from '../src/index.ts'
import { memoryMessages } from '../src/testing/index.ts'

const facts = {
  callId: 'call-1',
  legId: 'CA1',
  direction: 'inbound',
  caller: { number: e164('+14155550199') },
  dialled: e164('+14155550102'),
  startedAt: new Date('2026-03-02T15:00:00Z'),
} as const

const left: unknown[] = []
const context = {
  facts,
  known: undefined,
  signal: new AbortController().signal,
  call: { leave: (departure: unknown) => void left.push(departure), consult: () => {}, keepListening: () => {} },
}

/** A tool that answers with what it was given. */
const echo = defineTool({
  name: 'echo',
  description: 'Answers with its input.',
  input: z.strictObject({
    text: z.string().trim().min(1).max(200),
    note: z.string().trim().min(1).optional(),
    date: z.iso.date().optional(),
    count: z.int().min(1).optional(),
    sure: z.boolean().optional(),
    kind: z.enum(['some', 'none', 'unknown']).optional(),
    pin: z
      .string()
      .regex(/^\d{4}$/)
      .optional(),
    tags: z.array(z.string()).optional(),
    days: z.array(z.string()).min(1).optional(),
    clears: z.string().nullable().optional(),
    level: z.number().default(3),
    place: z.strictObject({ street: z.string(), floor: z.int().optional() }).optional(),
  }),
  run: (input) => input,
})

const call = (tool: Tool, input: unknown) =>
  tool.invoke(typeof input === 'string' ? input : JSON.stringify(input), context)
const given = (input: object) => call(echo, { text: 'x', ...input })

const NOTHINGS = [
  null,
  '',
  '   ',
  'null',
  'NULL',
  'none',
  'None.',
  'unknown',
  '<UNKNOWN>',
  'N/A',
  'n.a.',
  'n/a',
  'undefined',
  'not provided',
  'not_given',
  '(none)',
  '-',
  '—',
  '?',
  '...',
  '- -',
  '""',
  'notProvided',
  'N / A',
  'not mentioned',
  'none specified',
  'not yet known',
  'to be determined',
  'missing',
  'nothing',
  'no information',
  {},
  [],
  [null],
  [''],
]

describe('what the model has left out', () => {
  it.each(NOTHINGS)('is not given when it writes %j', async (nothing) => {
    const fields = ['note', 'date', 'count', 'sure', 'pin', 'days', 'place']
    for (const field of fields) expect(await given({ [field]: nothing }), field).toEqual({ text: 'x', level: 3 })
    expect(await given({ level: nothing })).toEqual({ text: 'x', level: 3 })
    expect(await given({ invented: nothing })).toEqual({ text: 'x', level: 3 })
    expect(await given({ place: { street: 'Elm', floor: nothing } })).toMatchObject({ place: { street: 'Elm' } })
  })

  it.each(['', ' ', 'null', 'undefined', '""', '"null"', '{}', '[]', 'None'])(
    'may be everything: %j ends the call',
    async (everything) => {
      left.length = 0
      expect(await call(hangUpTool(), everything)).toMatchObject({ status: 'ending' })
      expect(left).toEqual([{ kind: 'hangUp' }])
    },
  )

  it.each(['', 'null', '[]', '{}', '"none"'])('is missed where it is needed: %j', (everything) =>
    expect(call(echo, everything)).rejects.toMatchObject({
      name: 'ToolError',
      message: expect.stringContaining('text'),
    }),
  )
})

describe('a word that could mean nothing', () => {
  it.each(['None', 'unknown', 'null', 'N/A', '-'])('stays where a text is needed: %s', async (text) =>
    expect(await call(echo, { text })).toEqual({ text, level: 3 }),
  )

  it('is the name of a caller and the text of a message', async () => {
    const messages = memoryMessages()
    await call(takeMessageTool(messages), {
      caller_name: 'None',
      message: 'unknown',
      urgency: 'normal',
      caller_number: 'null',
    })
    expect(messages.taken).toMatchObject([{ callerName: 'None', text: 'unknown', callerNumber: '+14155550199' }])
  })

  it.each(['none', 'unknown'])('is a choice where the tool offers it: %s', async (kind) =>
    expect(await given({ kind })).toEqual({ text: 'x', level: 3, kind }),
  )

  it('is a null or an empty list where the tool takes one', async () =>
    expect(await given({ clears: null, tags: [] })).toEqual({ text: 'x', level: 3, clears: null, tags: [] }))

  it.each(['any', 'No preference', 'either'])('chooses none of several: %s', async (kind) =>
    expect(await given({ kind })).toEqual({ text: 'x', level: 3 }),
  )

  it('counts inside a sentence for what it says', async () =>
    expect(await given({ note: 'None of them fits' })).toMatchObject({ note: 'None of them fits' }))
})

describe('a value in another type than was asked for', () => {
  it.each([
    [{ count: '2' }, { count: 2 }],
    [{ level: ' 2.5 ' }, { level: 2.5 }],
    [{ sure: 'true' }, { sure: true }],
    [{ sure: 'False' }, { sure: false }],
    [{ pin: 4711 }, { pin: '4711' }],
    [{ tags: 'urgent' }, { tags: ['urgent'] }],
    [{ tags: [7] }, { tags: ['7'] }],
    [{ tags: ['urgent', null] }, { tags: ['urgent'] }],
    [{ note: ['only one'] }, { note: 'only one' }],
    [{ clears: 5 }, { clears: '5' }],
    [{ place: { street: 12, floor: '3' } }, { place: { street: '12', floor: 3 } }],
  ])('is read where only one thing can be meant: %j', async (input, expected) =>
    expect(await given(input)).toMatchObject(expected),
  )

  it('is read when the whole of it is JSON in a text', async () =>
    expect(await call(echo, JSON.stringify(JSON.stringify({ text: 'x' })))).toEqual({ text: 'x', level: 3 }))

  it.each([
    { count: 'two' },
    { count: '2 or 3' },
    { sure: 'maybe' },
    { note: ['a', 'b'] },
    { note: { text: 'a' } },
    { text: null },
    { text: {} },
    { invented: 'something' },
    { kind: 'whatever' },
  ])('is refused otherwise: %j', (input) => expect(given(input)).rejects.toMatchObject({ name: 'ToolError' }))
})

it('never fails with anything but a sentence for the model, whatever it writes', () =>
  fc.assert(
    fc.asyncProperty(fc.oneof(fc.json(), fc.string()), async (text) => {
      await call(echo, text).catch((error: unknown) => expect(error).toMatchObject({ name: 'ToolError' }))
    }),
  ))

it('still sends nobody to a destination that the model did not name', () =>
  expect(
    call(transferTool({ sales: { number: e164('+14155550111'), label: 'sales' } }), { destination: null, reason: 'x' }),
  ).rejects.toMatchObject({ name: 'ToolError' }))
