import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createDeltaReader } from '../../src/realtime/delta-frame.ts'
import { flat } from '../../src/realtime/flat.ts'
import { ga } from '../../src/realtime/ga.ts'
import { hostileText, mutate } from '../../src/testing/hostile-text.ts'

const DELTA = '/v7+'.repeat(534)
const dialects = [ga, flat]

interface Fields {
  readonly event?: string
  readonly response?: string
  readonly item?: string
  readonly output?: string
  readonly content?: string
  readonly delta?: string
}
const message = (
  type: string,
  { event = 'event_1', response = 'resp_1', item = 'item_2', output = '0', content = '0', delta = DELTA }: Fields = {},
) =>
  `{"type":"${type}","event_id":"${event}","response_id":"${response}","item_id":"${item}","output_index":${output},"content_index":${content},"delta":"${delta}"}`

const picked = ({ type, response_id, item_id, content_index, delta }: Record<string, unknown>) => ({
  type,
  response_id,
  item_id,
  content_index,
  delta,
})

const parsed = (text: string) => {
  try {
    return picked(JSON.parse(text) as Record<string, unknown>)
  } catch {
    return undefined
  }
}

it.each(dialects)('recognises the audio of the $name dialect, and not that of the other', ({ audioDelta }) => {
  const read = createDeltaReader(audioDelta)
  expect(read(Buffer.from(message(audioDelta, { content: '1' })))).toEqual({
    type: audioDelta,
    response_id: 'resp_1',
    item_id: 'item_2',
    content_index: 1,
    delta: DELTA,
  })
  for (const other of dialects)
    if (other.audioDelta !== audioDelta) expect(read(Buffer.from(message(other.audioDelta)))).toBeUndefined()
})

const { audioDelta: GA } = ga

it.each([
  [
    'another order of the fields',
    `{"event_id":"event_1","type":"${GA}"${message(GA).slice(message(GA).indexOf(',"response_id'))}`,
  ],
  ['whitespace', message(GA).replace(',', ', ')],
  ['an escape in an id', message(GA, { item: 'item\\"2' })],
  ['an escape in its audio', message(GA, { delta: 'AAA\\u0041' })],
  ['a second delta', message(GA, { delta: 'AAAA","delta":"BBBB' })],
  ['a prototype', message(GA, { item: 'item_2","__proto__":{"delta":"BBBB"},"x":"' })],
  ['an index that is text', message(GA, { content: '"0"' })],
  ['an index that is no JSON', message(GA, { content: '01' })],
  ['no index', message(GA, { content: '' })],
  ['an item that is null', message(GA).replace('"item_2"', 'null')],
  ['something behind it', `${message(GA)}{}`],
  ['the beginning of it', message(GA).slice(0, -1)],
])('leaves to JSON.parse a message with %s', (_what, text) => {
  expect(createDeltaReader(GA)(Buffer.from(text))).toBeUndefined()
})

const { field, cuts } = hostileText(
  ',"delta":"BBBB"',
  '"__proto__":{"delta":"BBBB"},',
  '"type":"error",',
  '"item":{"delta":"BBBB"},',
)
const hostile = fc.record(
  { event: field, response: field, item: field, output: field, content: field, delta: field },
  { requiredKeys: [] },
)

it.each(dialects)(
  'reads in every message of the $name dialect the same as JSON.parse, or leaves it',
  ({ audioDelta }) => {
    const read = createDeltaReader(audioDelta)
    let recognised = 0
    fc.assert(
      fc.property(hostile, cuts, (fields, changes) => {
        const bytes = Buffer.from(mutate(message(audioDelta, fields), changes))
        const found = read(bytes)
        if (found === undefined) return
        recognised++
        expect(found).toEqual(parsed(bytes.toString()))
      }),
      { numRuns: 20_000 },
    )
    expect(recognised).toBeGreaterThan(1_000)
  },
)

it.each(dialects)(
  'recognises all audio of the $name dialect that was recorded from a server',
  ({ name, audioDelta }) => {
    const recording = readFileSync(new URL(`recordings/${name}-greeting.jsonl`, import.meta.url), 'utf8')
    const deltas = recording
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { readonly event?: Record<string, unknown> })
      .flatMap(({ event }) => (event?.['type'] === audioDelta ? [event] : []))
    expect(deltas.length).toBeGreaterThan(0)
    const read = createDeltaReader(audioDelta)
    for (const delta of deltas) expect(read(Buffer.from(JSON.stringify(delta)))).toEqual(picked(delta))
  },
)
