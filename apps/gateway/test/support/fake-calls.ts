import {
  createRoom,
  defineMode,
  unlimited,
  fixed,
  type AcceptLine,
  type CallFacts,
  type CallRegistry,
  type CallSession,
  type CallStory,
  type Instruction,
  type Line,
  type Mode,
} from '@llc-phone/core'
import { deafListener, fakeClock, scriptedLine } from '@llc-phone/core/testing'

/** A mode that nobody speaks in. */
export const quietMode = (name: string): Mode =>
  defineMode({ name, prompt: [fixed('Role', 'You are silent.')], routes: {}, tools: [] })

/** A line that nobody is on. */
export const noLine: Line = scriptedLine(fakeClock()).line

/** What happened to the calls of {@link fakeRegistry}. */
export interface FakeCalls {
  readonly registry: CallRegistry
  readonly happened: string[]
  /** What the next after-stream and after-dial are answered with; a function may throw. */
  next: Instruction | (() => Instruction)
}

const storyOf = (
  { callId, legId, direction, otherParty: caller, dialled, startedAt }: CallFacts,
  mode: string,
  isOver: boolean,
) =>
  ({
    callId,
    legId,
    mode,
    direction,
    ...(caller.number ? { caller: caller.number } : {}),
    dialled,
    phase: isOver ? 'ended' : 'warming',
    startedAt: startedAt.toISOString(),
    turns: [],
    tools: [],
    latency: {},
    usage: { input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 }, output: { text: 0, audio: 0 } },
    events: [],
  }) as unknown as CallStory

/** The registry's contract without audio: enough to see what the HTTP side asks of it. */
export const fakeRegistry = (): FakeCalls => {
  const calls = new Map<string, CallSession>()
  const happened: string[] = []
  const ended = new Set<string>()
  const fake: FakeCalls = {
    happened,
    next: { kind: 'hangUp' },
    registry: {
      room: createRoom(fakeClock(), unlimited, () => 0),
      open(request) {
        const existing = calls.get(request.legId)
        if (existing) return existing
        const callId = `call_${calls.size + 1}`
        const { legId, direction, otherParty: caller, dialled } = request
        const facts = { callId, legId, direction, otherParty: caller, dialled, startedAt: new Date() }
        const call = {
          facts,
          mode: request.mode,
          get state() {
            return { phase: ended.has(legId) ? 'ended' : 'warming' } as CallSession['state']
          },
          offered: () => undefined,
          attach(accept: AcceptLine) {
            happened.push(`media ${legId}`)
            accept(deafListener, () => true).close()
          },
          next(report?: { transfer?: string }) {
            happened.push(`next ${legId}${report?.transfer ? ` ${report.transfer}` : ''}`)
            return typeof fake.next === 'function' ? fake.next() : fake.next
          },
          end(disposition: string) {
            happened.push(`end ${legId} ${disposition}`)
            ended.add(legId)
          },
          hangUp: (by: string) => happened.push(`hangUp ${legId} ${by}`),
          story: () => storyOf(facts, request.mode.name, ended.has(legId)),
          answered: () => undefined,
          reported: () => undefined,
          answeredBy: (verdict: string) => happened.push(`answeredBy ${legId} ${verdict}`),
        } as unknown as CallSession
        calls.set(legId, call)
        happened.push(`open ${legId} ${request.mode.name}`)
        return call
      },
      resume(request) {
        happened.push(`resume ${request.legId}`)
        return fake.registry.open(request)
      },
      /** Known by its own id until Twilio's is bound. */
      prepare({ callId, callee, dialled, mode }) {
        let legId = ''
        const startedAt = new Date()
        const call = {
          get facts() {
            return { callId, legId, direction: 'outbound', otherParty: callee, dialled, startedAt }
          },
          mode,
          get state() {
            return { phase: ended.has(callId) ? 'ended' : 'warming' } as CallSession['state']
          },
          warmed: Promise.resolve('ready'),
          offered: () => undefined,
          bind(sid: string) {
            if (legId !== '' && legId !== sid) return false
            legId = sid
            calls.set(sid, call)
            happened.push(`bind ${callId} ${sid}`)
            return true
          },
          answeredBy: (verdict: string) => happened.push(`answeredBy ${callId} ${verdict}`),
          next: () => (typeof fake.next === 'function' ? fake.next() : fake.next),
          hangUp: (by: string) => happened.push(`hangUp ${callId} ${by}`),
          end(disposition: string) {
            happened.push(`end ${callId} ${disposition}`)
            ended.add(callId)
          },
          story: () => storyOf(call.facts, mode.name, ended.has(callId)),
        } as unknown as CallSession
        calls.set(callId, call)
        happened.push(`prepare ${callId} ${mode.name}`)
        return call
      },
      byLegId: (legId) => calls.get(legId),
      byCallId: (callId) => [...calls.values()].find((call) => call.facts.callId === callId),
      active: () => [...new Set(calls.values())].filter((call) => call.state.phase !== 'ended'),
      recent: () => [...new Set(calls.values())].filter((call) => call.state.phase === 'ended'),
      forget: () => undefined,
      closeAll(disposition) {
        happened.push(`closeAll ${disposition}`)
        for (const legId of calls.keys()) ended.add(legId)
      },
    },
  }
  return fake
}

/** A registry without calls, with room for as many as come. */
export const noCalls: CallRegistry = fakeRegistry().registry
