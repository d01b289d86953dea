import { afterEach, expect } from 'vitest'
import * as z from 'zod'
import { createCallRegistry, type CallRegistry } from '../../src/call/registry.ts'
import type { CallNotice } from '../../src/call/observer.ts'
import type { CallSession } from '../../src/call/session.ts'
import { e164 } from '../../src/telephone/e164.ts'
import type { MachinePlan } from '../../src/mode/outbound.ts'
import { defineMode, type Mode } from '../../src/mode/mode.ts'
import type { ModelCommand } from '../../src/model.ts'
import { phraseKeys, type PhraseBook, type PhraseKey } from '../../src/phrases.ts'
import { fixed } from '../../src/mode/prompt.ts'
import { hangUpTool, transferTool } from '../../src/mode/route.ts'
import {
  fakeClock,
  linkedSockets,
  scriptedModel,
  settle,
  type FakeClock,
  type LinkedSocket,
  type ScriptedModel,
} from '../../src/testing/index.ts'
import { defineTool } from '../../src/mode/tool.ts'

export const routes = { sales: { number: e164('+14155550111'), label: 'sales' } }

export const slowTool = defineTool({
  name: 'slow_tool',
  description: 'Waits until it is stopped.',
  input: z.strictObject({}),
  run: (_input, { signal }) =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve('stopped'), { once: true })),
})

export const greeter = (changes: Partial<Parameters<typeof defineMode>[0]> = {}): Mode =>
  defineMode({
    name: 'greeter',
    prompt: [fixed('Role', 'You answer the telephone.')],
    greeting: () => 'Hello there!',
    routes,
    tools: [hangUpTool(), transferTool(routes), slowTool],
    ...changes,
  })

/** `ms` of recognisable base64 μ-law. */
export const audio = (ms: number, byte = 0x2a): string => Buffer.alloc(ms * 8, byte).toString('base64')

/** Twilio's end of a media socket, as a test needs it. */
export const createLine = (far: LinkedSocket, legId = 'CA1', streamSid = 'MZ1') => {
  let timestamp = 0
  /** Tests go step by step: what is said arrives before the next one. */
  const send = (data: string | Buffer): void => {
    far.send(data)
    far.deliver()
  }
  const say = (frame: object): void => send(JSON.stringify(frame))
  return {
    /** The socket itself, with everything arrived that was on its way. */
    get far() {
      far.deliver()
      return far
    },
    messages(event: string) {
      far.deliver()
      return far.received.map((text) => JSON.parse(text)).filter((message) => message.event === event)
    },
    say,
    /** Sends what may be no frame at all. */
    send,
    start() {
      send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
      say({ event: 'start', streamSid, start: { callSid: legId, accountSid: 'AC1', tracks: ['inbound'] } })
    },
    frame(payload = audio(20), at = timestamp) {
      say({ event: 'media', streamSid, media: { track: 'inbound', timestamp: String(at), payload } })
      timestamp = at + 20
    },
    echoMarks() {
      for (const { mark } of this.messages('mark')) say({ event: 'mark', streamSid, mark })
    },
    press(digit: string) {
      say({ event: 'dtmf', streamSid, dtmf: { track: 'inbound_track', digit } })
    },
    /** The connection is gone, without a word. */
    drop() {
      far.terminate()
      far.deliver()
    },
  }
}

/** Phrases that can be told apart by their sound. */
export const phrases: PhraseBook = {
  find: (key) => ({ text: `(${key})`, payload: audio(600, 0x40 + phraseKeys.indexOf(key)) }),
}

/** How often the phrase has been sent to a line. */
export const timesSaid = (line: ReturnType<typeof createLine>, key: PhraseKey): number => {
  const sound = Buffer.from(phrases.find(key, '', '').payload, 'base64')
  const sent = line.messages('media').map(({ media }) => Buffer.from(media.payload, 'base64'))
  return sent.filter((part) => part[0] === sound[0]).reduce((bytes, part) => bytes + part.length, 0) / sound.length
}

/** Somebody speaks for this long. */
export const talk = async (
  { clock }: { readonly clock: FakeClock },
  line: ReturnType<typeof createLine>,
  ms: number,
): Promise<void> => {
  for (let passed = 0; passed < ms; passed += 500) {
    for (let frame = 0; frame < 25; frame++) line.frame(audio(20, 0x10))
    await clock.advance(500)
  }
}

/** Plays what a line is sent, as Twilio does: in real time, with an echo for each mark that is passed. */
export const createPlayer = (line: ReturnType<typeof createLine>) => {
  let read = 0
  let queue: { ms: number; mark?: object; payload?: string }[] = []
  const heard: string[] = []
  const take = (): void => {
    for (const text of line.far.received.slice(read)) {
      const { event, media, mark } = JSON.parse(text)
      if (event === 'media') queue.push({ ms: Buffer.from(media.payload, 'base64').length / 8, payload: media.payload })
      else if (event === 'mark') queue.push({ ms: 0, mark })
      else {
        const dropped = queue
        queue = []
        for (const each of dropped) if (each.mark) line.say({ event: 'mark', mark: each.mark })
      }
    }
    read = line.far.received.length
  }
  return {
    /** Payloads that have begun to play. */
    heard,
    /** Lets `ms` of the line's time pass; returns how much of it was silent. */
    play(ms: number): number {
      take()
      let left = ms
      for (let next = queue[0]; next && (left > 0 || next.ms === 0); next = queue[0]) {
        if (next.mark) line.say({ event: 'mark', mark: next.mark })
        if (next.payload) heard.push(next.payload)
        delete next.payload
        const played = Math.min(left, next.ms)
        left -= played
        next.ms -= played
        if (next.ms > 0) break
        queue.shift()
      }
      return left
    },
  }
}

/** A mode that lets the other side speak first, as on calls that we place. */
export const caller = (changes: Partial<Parameters<typeof defineMode>[0]> = {}): Mode =>
  greeter({ name: 'caller', greeting: () => 'Hello, this is Harbor Dental.', speaksAfterMs: 3_000, ...changes })

const models: ScriptedModel[] = []
afterEach(() => {
  const violations = models.splice(0).flatMap((model) => model.violations)
  expect(violations, 'what no wire would have taken').toEqual([])
})

interface RigOptions {
  readonly hangUp?: (legId: string) => Promise<void>
  readonly observe?: () => void
}

const createRig = (options: RigOptions = {}) => {
  const clock = fakeClock()
  const model = scriptedModel()
  models.push(model)
  const notices: CallNotice[] = []
  const hungUp: string[] = []
  const rung: string[] = []
  const dropped: string[] = []
  const registry: CallRegistry = createCallRegistry({
    clock,
    provider: model,
    defaultVoice: 'cedar',
    prewarmTimeoutMs: 10_000,
    callControl: {
      hangUp: options.hangUp ?? (async (legId) => void hungUp.push(legId)),
      ringPerson: async (_facts, { label }) => void rung.push(label),
      dropPerson: async (callId) => void dropped.push(callId),
    },
    phrases,
    observe(_call, notice) {
      options.observe?.()
      notices.push(notice)
    },
  })
  return { clock, model, notices, hungUp, rung, dropped, registry }
}

const drive = (rig: ReturnType<typeof createRig>, call: CallSession) => {
  const { model, registry } = rig
  const connectMedia = (streamSid = 'MZ1') => {
    const [near, far] = linkedSockets()
    registry.claim(call.mediaToken())!.attachMedia(near)
    const line = createLine(far, 'CA1', streamSid)
    line.start()
    return line
  }
  const configure = async () => {
    model.latest.emit({ type: 'configured' })
    await settle()
  }
  /** Both legs up, greeting heard, conversation settings in force. */
  const goLive = async () => {
    await configure()
    const line = connectMedia()
    model.latest.emit({ type: 'replyStarted' })
    model.latest.speak(audio(400), 'greeting')
    model.latest.emit({ type: 'partEnded', itemId: 'greeting', contentIndex: 0 })
    model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    line.echoMarks()
    await settle()
    return line
  }
  const commands = (type?: ModelCommand['type']) =>
    model.latest.commands.filter((command) => !type || command.type === type)
  return { ...rig, call, connectMedia, configure, goLive, commands }
}

export const openCall = (mode: Mode = greeter(), options: RigOptions = {}) => {
  const rig = createRig(options)
  const call = rig.registry.open({
    legId: 'CA1',
    direction: 'inbound',
    caller: { number: e164('+14155550199') },
    dialled: e164('+14155550101'),
    mode,
    fallback: routes.sales,
  })
  return drive(rig, call)
}

/** A call that we place: its model is being opened, and Twilio has not been asked yet. */
export const prepareCall = (
  mode: Mode = caller(),
  { machine = { action: 'continue' }, primes = false }: { machine?: MachinePlan; primes?: boolean } = {},
) => {
  const rig = createRig()
  const call = rig.registry.prepare({
    callId: 'out-1',
    caller: { number: e164('+14155550199') },
    dialled: e164('+14155550100'),
    mode,
    machine,
    primes,
  })
  return drive(rig, call)
}
