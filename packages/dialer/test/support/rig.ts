import { createCallRegistry, defineMode, e164, fixed, hangUpTool, type CallPlan, type E164 } from '@llc-phone/core'
import type { CallSession, GatewayError } from '@llc-phone/core'
import { fakeClock, scriptedLine, scriptedModel } from '@llc-phone/core/testing'
import type { Store } from '@llc-phone/store'
import {
  createDialer,
  defaultPolicy,
  type DialerProblem,
  type DialingPolicy,
  type DialRequest,
  type SharedDialing,
} from '../../src/index.ts'
import { fakeCarrier } from './fake-carrier.ts'
import { memoryContacts, memoryDoNotCall } from './memory-books.ts'
import { memoryLedger } from './memory-ledger.ts'

export const OURS = e164('+14155550100')
/** The clock of the tests begins at 9 in the morning in London. */
export const LONDON = e164('+447700900123')

/** The nth of a series of people in London. */
export const person = (nth: number): E164 => e164(`+447700900${String(nth).padStart(3, '0')}`)

const mode = defineMode({
  name: 'reminder',
  prompt: [fixed('Role', 'You call people.')],
  greeting: () => 'Hello, this is Harbor Dental.',
  speaksAfterMs: 3_000,
  routes: {},
  tools: [hangUpTool()],
})

/** Nobody says anything, and nobody minds. */
const quiet = defineMode({
  name: 'quiet',
  prompt: [fixed('Role', 'You listen.')],
  patience: { silenceMs: 600_000 },
  routes: {},
  tools: [hangUpTool()],
})

export const quietPlan: CallPlan = { mode: quiet, scenario: 'callback', machine: { action: 'hangUp' } }

export const plan: CallPlan = { mode, scenario: 'callback', machine: { action: 'hangUp' } }

export const request = (changes: Partial<DialRequest> = {}): DialRequest => ({
  to: LONDON,
  from: OURS,
  modeName: 'reminder',
  plan,
  requestHash: 'hash',
  ...changes,
})

/** Long chains of promises end without time passing. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

/** A dialler among a real registry, a scripted carrier and a ledger in memory. */
export const createRig = (
  changes: Partial<DialingPolicy> = {},
  options: {
    /** In place of the fakes. */
    store?: Pick<Store, 'outbound' | 'doNotCall' | 'contacts'>
    /** Calls wait in a queue of several dialers. */
    shared?: SharedDialing
    clock?: ReturnType<typeof fakeClock>
    warmMs?: number
    /** What a model takes; `null`: nobody knows. */
    costUsd?: number | null
  } = {},
) => {
  const clock = options.clock ?? fakeClock()
  const costUsd = options.costUsd === null ? undefined : (options.costUsd ?? 0.1)
  const doNotCall = memoryDoNotCall(clock.date)
  const contacts = memoryContacts(clock.date)
  const memory = memoryLedger(doNotCall.has)
  const net = fakeCarrier(clock)
  const scripted = scriptedLine(clock, {
    follow: async (legId, { kind }) => {
      if (kind === 'hangUp') await net.carrier.end(legId)
    },
  })
  const problems: DialerProblem[] = []
  const provider = scriptedModel()
  const model = {
    warmMs: options.warmMs ?? 100,
    /** Refuses for good. */
    refuses: undefined as GatewayError | undefined,
    /** Other calls have shown that it is out. */
    isOut: false,
    /** Connections that were ever made, and those that are open. */
    get connections() {
      return provider.connections.length
    },
    get open() {
      return provider.connections.filter(({ closed }) => !closed).length
    },
  }
  const registry = createCallRegistry({
    clock,
    defaultVoice: 'cedar',
    prewarmTimeoutMs: 10_000,
    provider: {
      name: provider.name,
      can: provider.can,
      connect(...asked) {
        const connection = provider.connect(...asked)
        const opened = provider.latest
        clock.after(model.warmMs, () => {
          if (opened.closed) return
          if (model.refuses) opened.emit({ type: 'lost', error: model.refuses, retry: false })
          else opened.emit({ type: 'configured' })
        })
        return connection
      },
    },
    observe(call, notice) {
      if (notice.type === 'phase' && notice.phase === 'ended') dialer.ended(call, costUsd)
    },
  })
  const base = defaultPolicy(OURS)
  const dialer = createDialer({
    registry,
    ledger: options.store?.outbound ?? memory.ledger,
    doNotCall: options.store?.doNotCall ?? doNotCall,
    contacts: options.store?.contacts ?? contacts,
    carrier: net.carrier,
    line: scripted.line,
    policy: () => ({ ...base, destinations: { countries: ['US', 'GB'] }, ...changes }),
    clock,
    prewarmTimeoutMs: 10_000,
    primes: true,
    ...(options.shared ? { shared: options.shared } : {}),
    modelIsOut: () => model.isOut,
    onProblem: (problem) => void problems.push(problem),
    random: () => 1,
  })

  /** Moves time on in small steps, so that what each moment leads to is done in it. */
  const advance = async (ms: number, stepMs = 100): Promise<void> => {
    await settle()
    for (let passed = 0; passed < ms; passed += stepMs) {
      await clock.advance(Math.min(stepMs, ms - passed))
      await settle()
    }
  }

  /** Dials and lets the model get warm. */
  const dial = async (given: Partial<DialRequest> = {}, ms = 200) => {
    const answer = dialer.dial(request(given))
    answer.catch(() => {})
    await advance(ms)
    return answer
  }

  const sessionOf = (callId: string): CallSession => registry.byCallId(callId)!

  /** The callee picks up: the audio of this leg is connected to the call that was placed as the nth. */
  const connectMedia = (nth: number, legId: string) => {
    const { callId } = net.placed[nth]!
    const session = sessionOf(callId)
    const leg = scripted.connect(session)
    leg.start(legId)
    return { leg, session, callId }
  }

  const onlyCall = () => memory.all()[0]!
  return {
    clock,
    memory,
    net,
    contacts,
    doNotCall,
    list: (number: E164) => doNotCall.add({ number, source: 'api' }),
    problems,
    model,
    registry,
    dialer,
    advance,
    dial,
    sessionOf,
    connectMedia,
    onlyCall,
  }
}
