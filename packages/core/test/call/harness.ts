import { afterEach, expect } from 'vitest'
import * as z from 'zod'
import { createCallRegistry, type CallRegistry } from '../../src/call/registry.ts'
import type { Placed, RememberedCall } from '../../src/call/memory.ts'
import type { AwayReport } from '../../src/departure.ts'
import type { CallNotice } from '../../src/call/observer.ts'
import type { CallSession } from '../../src/call/session.ts'
import { e164 } from '../../src/telephone/e164.ts'
import type { MachinePlan } from '../../src/mode/outbound.ts'
import { defineMode, type Mode } from '../../src/mode/mode.ts'
import type { GreetingBook } from '../../src/greetings.ts'
import type { ModelCommand } from '../../src/model.ts'
import { phraseKeys, type PhraseBook, type PhraseKey } from '../../src/phrases.ts'
import { fixed } from '../../src/mode/prompt.ts'
import { hangUpTool, transferTool } from '../../src/mode/route-tools.ts'
import {
  fakeClock,
  scriptedLine,
  scriptedModel,
  settle,
  type FakeClock,
  type LineCommand,
  type ScriptedLeg,
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

interface Message {
  readonly event: string
  readonly media: { readonly payload: string }
  readonly mark: { readonly name: string }
}

const messageOf = (command: LineCommand): Message => {
  const none = { media: { payload: '' }, mark: { name: '' } }
  switch (command.type) {
    case 'play':
      return { ...none, event: 'media', media: { payload: command.payload } }
    case 'mark':
      return { ...none, event: 'mark', mark: { name: command.name } }
    case 'clear':
      return { ...none, event: 'clear' }
  }
}

/** The carrier's end of an audio connection, as a test needs it. */
export const createLine = (leg: ScriptedLeg, legId = 'CA1') => {
  let timestamp = 0
  return {
    /** What has been asked of it, with everything arrived that was on its way. */
    get commands() {
      leg.deliver()
      return leg.commands
    },
    get isOpen() {
      leg.deliver()
      return leg.isOpen
    },
    /** In the form of messages, whose fields depend on the event. */
    messages(event: string): Message[] {
      return this.commands.map(messageOf).filter((message) => message.event === event)
    },
    start: (id = legId) => leg.start(id),
    frame(payload = audio(20), at = timestamp) {
      leg.audio(payload, at)
      timestamp = at + 20
    },
    heard: leg.heard,
    echoMarks() {
      for (const { mark } of this.messages('mark')) leg.heard(mark.name)
    },
    press: leg.key,
    /** The connection is gone; `graceful`: with a word. */
    drop: (graceful = false) => leg.end(graceful),
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

/** A mode that lets the other side speak first, as on calls that we place. */
export const caller = (changes: Partial<Parameters<typeof defineMode>[0]> = {}): Mode =>
  greeter({ name: 'caller', greeting: () => 'Hello, this is Harbor Dental.', speaksAfterMs: 3_000, ...changes })

const models: ScriptedModel[] = []
const lines: (readonly string[])[] = []
afterEach(() => {
  const violations = [...models.splice(0).flatMap((model) => model.violations), ...lines.splice(0).flat()]
  expect(violations, 'what no wire would have taken').toEqual([])
})

interface RigOptions {
  readonly hangUp?: (legId: string) => Promise<void>
  readonly observe?: () => void
  /** What the line is like. */
  readonly line?: Parameters<typeof scriptedLine>[1]
  readonly greetings?: GreetingBook | undefined
  /** What the model can do otherwise than `fullModelCapabilities`. */
  readonly model?: Parameters<typeof scriptedModel>[0] | undefined
  readonly refreshTokens?: number
  /** As `RegistryOptions.persist`. */
  readonly persist?: () => Promise<boolean>
  /** As `RegistryOptions.traceparentOf`. */
  readonly traceparentOf?: ((callId: string) => string) | undefined
}

const createRig = (options: RigOptions = {}) => {
  const clock = fakeClock()
  const model = scriptedModel(options.model)
  models.push(model)
  const notices: CallNotice[] = []
  const hungUp: string[] = []
  const { line, connect, rung, dropped, violations, followed } = scriptedLine(clock, {
    async follow(legId, instruction) {
      if (instruction.kind !== 'hangUp') return
      if (options.hangUp) await options.hangUp(legId)
      else hungUp.push(legId)
    },
    ...options.line,
  })
  lines.push(violations)
  const registry: CallRegistry = createCallRegistry({
    clock,
    provider: model,
    defaultVoice: 'cedar',
    prewarmTimeoutMs: 10_000,
    refreshTokens: options.refreshTokens,
    phrases,
    greetings: options.greetings,
    ...(options.persist ? { persist: options.persist } : {}),
    traceparentOf: options.traceparentOf,
    observe(_call, notice) {
      options.observe?.()
      notices.push(notice)
    },
  })
  return { clock, model, notices, hungUp, rung, dropped, registry, carrier: line, connect, followed }
}

const drive = (rig: ReturnType<typeof createRig>, call: CallSession) => {
  const { model } = rig
  /** Audio of another leg as well, or before its start. */
  const connectLeg = (legId = 'CA1') => createLine(rig.connect(call), legId)
  const connectMedia = () => {
    call.offered()
    const line = connectLeg()
    line.start()
    return line
  }
  const configure = async () => {
    // The settings are there before a server can accept them.
    await settle()
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
  return { ...rig, call, connectLeg, connectMedia, configure, goLive, commands }
}

export const openCall = (mode: Mode = greeter(), options: RigOptions = {}) => {
  const rig = createRig(options)
  const call = rig.registry.open({
    line: rig.carrier,
    legId: 'CA1',
    direction: 'inbound',
    otherParty: { number: e164('+14155550199') },
    dialled: e164('+14155550101'),
    mode,
    fallback: routes.sales,
  })
  return drive(rig, call)
}

/** What the call has noted so far, as the journal would give it to the next process. Take it once. */
export const rememberedOf = (call: CallSession): RememberedCall => {
  const changes = call.takeChanges()!
  const inOrder = <Entry>(entries: readonly Placed<Entry>[]) =>
    entries.toSorted((one, other) => one.position - other.position)
  const latency: Record<string, number[]> = {}
  for (const { measure, ms } of changes.latency) (latency[measure] ??= []).push(ms)
  return JSON.parse(
    JSON.stringify({
      plan: JSON.parse(changes.plan!),
      turns: inOrder(changes.turns),
      tools: inOrder(changes.tools),
      transfers: changes.transfers ?? [],
      latency,
      usage: changes.usage ?? call.story().usage,
      steps: inOrder(changes.steps).map(({ step }) => step),
    }),
  ) as RememberedCall
}

/** The call of another process that died `elapsedMs` after it had begun, in one of its own. */
export const resumeCall = (
  remembered: RememberedCall,
  {
    mode = greeter(),
    elapsedMs = 60_000,
    report,
    ...options
  }: { mode?: Mode; elapsedMs?: number; report?: AwayReport } & RigOptions = {},
) => {
  const rig = createRig(options)
  const call = rig.registry.resume({
    line: rig.carrier,
    callId: 'call-1',
    legId: 'CA1',
    direction: 'inbound',
    otherParty: { number: e164('+14155550199') },
    dialled: e164('+14155550101'),
    startedAt: new Date(rig.clock.date().getTime() - elapsedMs),
    mode,
    fallback: routes.sales,
    remembered,
    report,
  })
  return drive(rig, call)
}

/** A call that we place: its model is being opened, and Twilio has not been asked yet. */
export const prepareCall = (
  mode: Mode = caller(),
  {
    machine = { action: 'continue' },
    primes = false,
    ...options
  }: { machine?: MachinePlan; primes?: boolean } & Pick<RigOptions, 'model' | 'greetings'> = {},
) => {
  const rig = createRig(options)
  const call = rig.registry.prepare({
    line: rig.carrier,
    callId: 'out-1',
    callee: { number: e164('+14155550199') },
    dialled: e164('+14155550100'),
    mode,
    machine,
    primes,
  })
  return drive(rig, call)
}
