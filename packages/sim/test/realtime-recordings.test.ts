import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import { parseDialogue } from '../src/realtime/dialogue.ts'
import type { DialectName, Json, WireEvent } from '../src/realtime/protocol.ts'
import { createRealtimeServer, type RealtimeServer } from '../src/realtime/server.ts'
import { ulawSilence } from '@llc-phone/virtual-carrier/ulaw'
import { speak } from '@llc-phone/virtual-carrier/voice'
import { type Client, connect } from './realtime-client.ts'

interface Line {
  readonly from: 'server' | 'client'
  readonly event: WireEvent
}

const read = (name: string): Line[] =>
  readFileSync(new URL(`../../core/test/realtime/recordings/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)

/** Every key of a value by its path; what tools are made of is the client's own matter. */
const pathsOf = (value: unknown, path = ''): string[] => {
  if (Array.isArray(value)) return path.endsWith('tools') ? [path] : value.flatMap((one) => pathsOf(one, `${path}[]`))
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, inner]) => [`${path}.${key}`, ...pathsOf(inner, `${path}.${key}`)])
}

/** The keys of each kind of event; items of different kinds are different events. */
const shapesOf = (events: readonly WireEvent[]): Record<string, string[]> => {
  const shapes: Record<string, Set<string>> = {}
  for (const event of events) {
    const item = event['item'] as Json | undefined
    const kind = item ? `${event.type} ${String(item['type'])} ${String(item['role'])}` : event.type
    for (const path of pathsOf(event)) (shapes[kind] ??= new Set()).add(path)
  }
  return Object.fromEntries(Object.entries(shapes).map(([kind, paths]) => [kind, [...paths].toSorted()]))
}

const isVoice = (type: string) => /audio(_transcript)?\.delta$/.test(type)
const isAboutWords = (type: string) => type.includes('input_audio_transcription')

/** The order of what came, a run of the same once; the voice, which is beside all else, left out. */
const orderOf = (events: readonly WireEvent[]): string[] =>
  events
    .filter(({ type }) => !isVoice(type) && !isAboutWords(type))
    .map(({ type, output_index: index }) => (index === undefined ? type : `${type} ${Number(index)}`))
    .filter((line, index, all) => line !== all[index - 1])

/** How often the voice of a message is on both sides of the beginning of what comes after it. */
const interleavedCalls = (events: readonly WireEvent[]): number =>
  events.filter(
    ({ type, item }, at) =>
      type === 'response.output_item.added' &&
      (item as Json)['type'] === 'function_call' &&
      events.slice(0, at).some((one) => isVoice(one.type)) &&
      events
        .slice(
          at,
          events.findIndex((one, later) => later > at && one.type === 'response.done'),
        )
        .some((one) => isVoice(one.type)),
  ).length

let server: RealtimeServer
afterEach(() => server.close())

const dialogue = parseDialogue({
  mode: 'bakery',
  tools: ['hang_up'],
  greeting: 'Good morning.',
  unheard: 'On Fridays, and on every other day of the week that has a letter R in its name, we bake it too.',
  resumes: 'Goodbye.',
  cannot: 'I cannot.',
  failed: 'It failed.',
  exchanges: [
    {
      hears: ['goodbye'],
      says: 'Thank you very much for calling our bakery this morning.',
      calls: { tool: 'hang_up' },
      // oxlint-disable-next-line unicorn/no-thenable -- the word of the data files; it is never a function
      then: 'Goodbye.',
    },
    { reads: ['about bread'], says: 'Bread is baked of flour, of water, of salt and of a good deal of patience.' },
  ],
})

/** Does with the simulated server what the client of a recording did; gives what the server sent. */
async function replay(name: string): Promise<{ recorded: WireEvent[]; simulated: WireEvent[] }> {
  const dialect: DialectName = name.startsWith('flat') ? 'flat' : 'ga'
  const lines = read(name)
  const isCut = /interruption|cancelled|out-of-band/.test(name)
  server = await createRealtimeServer({
    dialect,
    dialogues: [dialogue],
    latency: { createdMs: 0, updatedMs: 0, firstAudioMs: 40, transcriptMs: 5, audioSpeed: isCut ? 4 : 20 },
  })
  const model = (lines[0]!.event['session'] as Json)['model'] as string
  const client = await connect(server.url, { dialect, model })
  const ids = new Map<unknown, unknown>()
  let seen = 0
  /** Waits until as much has come of a kind as the recording had here. */
  const until = async (type: string) => {
    const wanted = lines.slice(0, seen).filter((line) => line.from === 'server' && line.event.type === type).length
    while (client.events.filter((event) => event.type === type).length < wanted) await client.next(() => true, 20_000)
  }
  for (const [index, { from, event }] of lines.entries()) {
    seen = index + 1
    if (from === 'client') {
      await perform(client, event, name, ids)
      continue
    }
    if (isVoice(event.type) || isAboutWords(event.type)) {
      // The client of the recording acts while the voice is under way.
      if (lines[index + 1]?.from === 'client') await until(event.type)
      continue
    }
    // The caller goes on speaking until the recording says otherwise.
    if (event.type === 'input_audio_buffer.speech_stopped') client.play(ulawSilence(1000))
    await until(event.type)
    const twin = nth(
      client.events,
      event.type,
      lines.slice(0, index).filter((line) => line.event.type === event.type).length,
    )
    learn(event, twin, ids)
  }
  if (/transcription/.test(name)) await until('conversation.item.input_audio_transcription.completed')
  return { recorded: lines.filter(({ from }) => from === 'server').map(({ event }) => event), simulated: client.events }
}

const nth = (events: readonly WireEvent[], type: string, index: number) =>
  events.filter((one) => one.type === type)[index]!

/** Which of the server's ids are which of the recording's. */
function learn(recorded: Json, simulated: Json, ids: Map<unknown, unknown>) {
  for (const [key, value] of Object.entries(recorded)) {
    const other = simulated[key]
    if (key === 'id' || key === 'item_id' || key === 'call_id' || key === 'response_id') ids.set(value, other)
    else if (typeof value === 'object' && value !== null && typeof other === 'object' && other !== null)
      learn(value as Json, other as Json, ids)
  }
}

async function perform(client: Client, event: WireEvent, name: string, ids: Map<unknown, unknown>) {
  if (event.type === 'input_audio_buffer.append') {
    client.play(ulawSilence(600))
    return client.play(await speak(name.includes('goodbye') ? 'goodbye' : 'can you hear me', 'rms'))
  }
  const own = JSON.parse(JSON.stringify(event), (_, value: unknown) => ids.get(value) ?? value) as Json
  client.send(own)
}

describe.each([
  ...['greeting', 'interruption', 'goodbye', 'cancelled', 'transcription'].flatMap((story) => [
    `ga-${story}`,
    `flat-${story}`,
  ]),
  'ga-out-of-band',
])('the simulated server, asked as in %s,', (name) => {
  it('sends what the recording has, in its order and with its keys', async () => {
    const { recorded, simulated } = await replay(name)
    const isSideBySide = name === 'ga-out-of-band'
    const order = (events: readonly WireEvent[]) => (isSideBySide ? orderOf(events).toSorted() : orderOf(events))
    expect(order(simulated)).toEqual(order(recorded))
    expect(shapesOf(simulated)).toEqual(shapesOf(recorded))
    expect(interleavedCalls(simulated)).toBe(interleavedCalls(recorded))
  })
})
