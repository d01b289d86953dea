import { createCallRegistry, defineMode, e164, fixed, realtimeProvider, systemClock } from '@llc-phone/core'
import { scriptedLine } from '@llc-phone/core/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createRealtimeServer, decodeUlaw, encodeUlaw, speak, type RealtimeServer } from '../src/index.ts'

/** The assistant is this far into its answer when something is heard over it. */
const INTO_ANSWER_MS = 1_200
const FRAME_MS = 20
const FRAME_BYTES = 160

const mode = defineMode({
  name: 'talker',
  prompt: [fixed('Role', 'You explain things.')],
  greeting: () =>
    'Let me explain this to you in some detail, so that you know what will happen next, and after that, and at the very end.',
  greetingShield: 'off',
  turnTaking: { minSpeechMs: 200 },
  routes: {},
  tools: [],
})

/** A caller's line in real time: sends what `speaks` holds, plays what comes, and echoes marks when they were heard. */
const ring = async (server: RealtimeServer, speaks: (heard: Buffer) => Buffer) => {
  const registry = createCallRegistry({
    clock: systemClock,
    provider: realtimeProvider({ url: server.url, apiKey: 'sk', model: 'gpt-realtime-1.5', dialect: 'ga' }),
    defaultVoice: 'cedar',
    prewarmTimeoutMs: 5_000,
    observe: () => {},
  })
  const { line, connect } = scriptedLine(systemClock)
  const call = registry.open({
    line,
    legId: `CA${Math.random()}`,
    direction: 'inbound',
    caller: {},
    dialled: e164('+14155550101'),
    mode,
  })
  const leg = connect(call)
  let read = 0
  let queued = Buffer.alloc(0)
  let heard = Buffer.alloc(0)
  const clears: string[] = []
  const marks: { name: string; atBytes: number }[] = []
  const take = (): void => {
    for (const command of leg.commands.slice(read)) {
      if (command.type === 'play') queued = Buffer.concat([queued, Buffer.from(command.payload, 'base64')])
      else if (command.type === 'mark') marks.push({ name: command.name, atBytes: heard.length + queued.length })
      else {
        clears.push(command.type)
        queued = Buffer.alloc(0)
      }
    }
    read = leg.commands.length
  }
  leg.start(call.facts.legId)

  const startedAt = performance.now()
  for (let frame = 0; performance.now() - startedAt < 9_000 && clears.length === 0; frame++) {
    take()
    heard = Buffer.concat([heard, queued.subarray(0, FRAME_BYTES)])
    queued = queued.subarray(FRAME_BYTES)
    while (marks[0] && marks[0].atBytes <= heard.length) leg.heard(marks.shift()!.name)
    const spoken = speaks(heard)
    const payload = spoken.length === FRAME_BYTES ? spoken : Buffer.alloc(FRAME_BYTES, 0xff)
    leg.audio(payload.toString('base64'), frame * FRAME_MS)
    const dueIn = startedAt + (frame + 1) * FRAME_MS - performance.now()
    if (dueIn > 0) await new Promise((resolve) => setTimeout(resolve, dueIn))
  }
  const story = call.story()
  call.end('caller_hung_up')
  const noticed = story.events.filter(({ event }) => event.type === 'speechStarted').length
  return { cleared: clears.length, noticed, heardMs: heard.length / 8 }
}

/** Plays `audio` once, from the moment the assistant is well into its answer. */
const once = (audio: Buffer): ((heard: Buffer) => Buffer) => {
  let at = 0
  return (heard) => {
    if (heard.length < INTO_ANSWER_MS * 8) return Buffer.alloc(0)
    const frame = audio.subarray(at, at + FRAME_BYTES)
    at += FRAME_BYTES
    return frame
  }
}

/** What we said 160 ms ago, 14 dB down: a caller's speakerphone. */
const echo = (heard: Buffer): Buffer => {
  const from = heard.length - 9 * FRAME_BYTES
  if (from < 0) return Buffer.alloc(0)
  return encodeUlaw(decodeUlaw(heard.subarray(from, from + FRAME_BYTES)).map((sample) => Math.round(sample / 5)))
}

describe('with real audio over the assistant, a minimum of speech', () => {
  let server: RealtimeServer
  beforeAll(async () => {
    server = await createRealtimeServer({ dialect: 'ga' })
  })
  afterAll(() => server.close())

  it.concurrent('lets a short "mm" pass', { timeout: 30_000 }, async () => {
    const word = await speak('mm', 'rms')
    const call = await ring(server, once(word.subarray(0, 150 * 8)))
    expect(call.noticed, 'the model heard something').toBeGreaterThan(0)
    expect(call.cleared).toBe(0)
  })

  it.concurrent('lets a bang pass', { timeout: 30_000 }, async () => {
    const bang = encodeUlaw(Int16Array.from({ length: 8 * 120 }, () => (Math.random() - 0.5) * 30_000))
    const call = await ring(server, once(bang))
    expect(call.noticed, 'the model heard something').toBeGreaterThan(0)
    expect(call.cleared).toBe(0)
  })

  it.concurrent('does not take the echo of our own voice for the caller', { timeout: 30_000 }, async () => {
    const call = await ring(server, echo)
    expect(call.noticed, 'the model heard something').toBeGreaterThan(0)
    expect(call.cleared).toBe(0)
  })

  it.concurrent('still lets the caller in', { timeout: 30_000 }, async () => {
    const call = await ring(server, once(await speak('I have a question about my bill', 'rms')))
    expect(call.noticed).toBe(1)
    expect(call.cleared).toBe(1)
    expect(call.heardMs).toBeLessThan(INTO_ANSWER_MS + 1_200)
  })
})
