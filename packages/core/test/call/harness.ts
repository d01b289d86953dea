import { afterEach, expect } from 'vitest'
import * as z from 'zod'
import { createCallRegistry, type CallRegistry } from '../../src/call/registry.ts'
import type { CallNotice } from '../../src/call/observer.ts'
import type { CallSession } from '../../src/call/session.ts'
import { e164 } from '../../src/e164.ts'
import type { MachinePlan } from '../../src/outbound.ts'
import { defineMode, type Mode } from '../../src/mode.ts'
import type { ModelCommand } from '../../src/model.ts'
import { fixed } from '../../src/prompt.ts'
import { hangUpTool, transferTool } from '../../src/route.ts'
import {
  fakeClock,
  linkedSockets,
  scriptedModel,
  settle,
  type LinkedSocket,
  type ScriptedModel,
} from '../../src/testing/index.ts'
import { defineTool } from '../../src/tool.ts'

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
export const createLine = (far: LinkedSocket, callSid = 'CA1', streamSid = 'MZ1') => {
  let timestamp = 0
  return {
    far,
    messages: (event: string) =>
      far.received.map((text) => JSON.parse(text)).filter((message) => message.event === event),
    say(frame: object) {
      far.send(JSON.stringify(frame))
    },
    start() {
      far.send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
      far.send(
        JSON.stringify({ event: 'start', streamSid, start: { callSid, accountSid: 'AC1', tracks: ['inbound'] } }),
      )
    },
    frame(payload = audio(20), at = timestamp) {
      far.send(
        JSON.stringify({ event: 'media', streamSid, media: { track: 'inbound', timestamp: String(at), payload } }),
      )
      timestamp = at + 20
    },
    echoMarks() {
      for (const { mark } of this.messages('mark')) far.send(JSON.stringify({ event: 'mark', streamSid, mark }))
    },
    press(digit: string) {
      far.send(JSON.stringify({ event: 'dtmf', streamSid, dtmf: { track: 'inbound_track', digit } }))
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

const createRig = (options: { hangUp?: (callSid: string) => Promise<void> } = {}) => {
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
      hangUp: options.hangUp ?? (async (callSid) => void hungUp.push(callSid)),
      ringPerson: async (_facts, { label }) => void rung.push(label),
      dropPerson: async (callId) => void dropped.push(callId),
    },
    observe: (_call, notice) => void notices.push(notice),
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

export const openCall = (mode: Mode = greeter(), options: { hangUp?: (callSid: string) => Promise<void> } = {}) => {
  const rig = createRig(options)
  const call = rig.registry.open({
    callSid: 'CA1',
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
