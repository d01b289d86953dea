import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { initialState, reduce } from '../../src/call/reduce.ts'
import type { CallEffect, CallEvent, CallState, TimerName, ToolRequest } from '../../src/call/state.ts'
import { e164 } from '../../src/telephone/e164.ts'
import { GatewayError } from '../../src/errors.ts'
import { answeredByVerdicts } from '../../src/outbound.ts'

const heard = fc.array(
  fc.record({
    itemId: fc.constantFrom('a', 'b'),
    contentIndex: fc.constant(0),
    heardMs: fc.nat(500),
    sentMs: fc.integer({ min: 500, max: 1000 }),
  }),
  { maxLength: 2 },
)
const toolCallId = fc.constantFrom('t1', 't2', 't3')
const timers: readonly TimerName[] = [
  'model',
  'reopen',
  'unclaimed',
  'away',
  'departure',
  'keypad',
  'retryReply',
  'owed',
  'consultation',
  'opener',
  'silence',
  'limitWarning',
  'limit',
]
const number = e164('+14155550111')
const request = fc.constantFrom<ToolRequest | undefined>(
  undefined,
  { departure: { kind: 'hangUp' } },
  { departure: { kind: 'transfer', route: 'sales', number, label: 'sales', reason: 'buying' } },
  { departure: { kind: 'voicemail', route: 'box', label: 'voicemail', reason: 'late' } },
  { departure: { kind: 'keys', digits: '42' } },
  { consultation: { route: 'sales', number, label: 'sales', introduction: 'A caller wants to buy.' } },
)

const anyEvent: fc.Arbitrary<CallEvent> = fc.oneof(
  fc.constantFrom<CallEvent>(
    { type: 'modelConfigured' },
    { type: 'mediaAttached' },
    { type: 'speechStopped' },
    { type: 'replyStarted' },
    { type: 'replyAudible' },
    { type: 'replyDelivered' },
    { type: 'configureRefused' },
    { type: 'reconfigured' },
    { type: 'spareLost' },
    { type: 'soundStarted' },
    { type: 'soundEnded' },
    { type: 'callerQuiet' },
    { type: 'speechMissed' },
    { type: 'streamOffered' },
    { type: 'playedOut' },
    { type: 'letGo' },
    { type: 'callEnded', disposition: 'caller_hung_up' },
    { type: 'hangUpAsked', by: 'operator' },
  ),
  fc.record({
    type: fc.constant('modelLost' as const),
    error: fc.constant(new GatewayError('model_lost', 'gone')),
    retry: fc.boolean(),
  }),
  fc.record({ type: fc.constant('mediaDetached' as const), graceful: fc.boolean(), heard }),
  fc.record({ type: fc.constant('speechStarted' as const), heard }),
  fc
    .record({
      type: fc.constant('replyEnded' as const),
      outcome: fc.constantFrom('completed' as const, 'cancelled' as const, 'failed' as const, 'incomplete' as const),
      audible: fc.boolean(),
      acted: fc.boolean(),
      retryAfterMs: fc.constantFrom(undefined, 3_200),
    })
    .map(({ retryAfterMs, ...rest }): CallEvent => ({ ...rest, ...(retryAfterMs ? { retryAfterMs } : {}) })),
  fc.record({ type: fc.constant('spareReady' as const), asked: fc.boolean() }),
  fc.record({
    type: fc.constant('toolCalled' as const),
    toolCallId,
    name: fc.constant('take_message'),
    argumentsJson: fc.constant('{}'),
  }),
  fc.record({ toolCallId, spoken: fc.boolean(), request }).map(({ request: asked, ...rest }): CallEvent => ({
    type: 'toolSettled',
    output: '{}',
    ...rest,
    ...(asked ? { request: asked } : {}),
  })),
  fc.record({ type: fc.constant('bargeInConfirmed' as const), heard }),
  fc.record({ type: fc.constant('answeredBy' as const), verdict: fc.constantFrom(...answeredByVerdicts), heard }),
  fc.record({ type: fc.constant('voicemailEnded' as const), recorded: fc.boolean() }),
  fc.constant<CallEvent>({ type: 'personAccepted', room: 'room' }),
  fc.record({
    type: fc.constant('personGone' as const),
    outcome: fc.constantFrom('busy' as const, 'no_answer' as const, 'failed' as const, 'declined' as const),
  }),
  fc.record({ type: fc.constant('digitPressed' as const), digit: fc.constantFrom('1', '2', '#', '*'), heard }),
  fc.record({
    type: fc.constant('transferEnded' as const),
    outcome: fc.constantFrom('bridged' as const, 'busy' as const, 'no_answer' as const, 'failed' as const),
  }),
  fc.record({ type: fc.constant('timerFired' as const), timer: fc.constantFrom(...timers) }),
)

const start = fc.record({
  direction: fc.constantFrom('inbound' as const, 'outbound' as const),
  shield: fc.constantFrom('full' as const, 'off' as const),
  greets: fc.boolean(),
  bargeInGuarded: fc.boolean(),
  speaksAfterMs: fc.constantFrom(undefined, 3_000),
  machine: fc.constantFrom(
    { action: 'hangUp' as const },
    { action: 'leaveMessage' as const },
    { action: 'leaveMessage' as const, text: 'Please call us back.' },
    { action: 'continue' as const },
  ),
  keypad: fc.constant({ '1': { kind: 'voicemail' as const, route: 'box', label: 'voicemail', reason: 'pressed 1' } }),
  patience: fc.constant({ silenceMs: 20_000, checkIns: 2, keysMs: 3_500, maxDurationMs: 60_000 }),
})

/** Walks a random order of events, calling `check` after every step. */
const walk = (
  options: Parameters<typeof initialState>[0],
  events: readonly CallEvent[],
  check: (before: CallState, after: CallState, effects: readonly CallEffect[], event: CallEvent) => void,
): CallState => {
  let state = initialState(options)
  for (const event of [{ type: 'opened' } as const, ...events]) {
    const [next, effects] = reduce(state, event)
    check(state, next, effects, event)
    state = next
  }
  return state
}

const always = (check: Parameters<typeof walk>[2]): void => {
  fc.assert(
    fc.property(start, fc.array(anyEvent, { maxLength: 60 }), (options, events) => void walk(options, events, check)),
    { numRuns: 2_000 },
  )
}

describe('whatever the order of events', () => {
  it('does nothing after a call has ended', () => {
    always((before, after, effects) => {
      if (before.phase !== 'ended') return
      expect(after).toBe(before)
      expect(effects).toEqual([])
    })
  })

  it('releases sockets, timers and tools exactly when a call ends', () => {
    always((before, after, effects) => {
      const ends = before.phase !== 'ended' && after.phase === 'ended'
      expect(effects.filter(({ type }) => type === 'release')).toHaveLength(ends ? 1 : 0)
      if (ends) expect(after.disposition).toBeDefined()
    })
  })

  it('stops the sound before it corrects the memory', () => {
    always((before, _after, effects, event) => {
      // A reply that broke off has been heard as far as it came.
      if (event.type === 'timerFired' && event.timer === 'owed') return
      const interrupted = effects.findIndex(
        (effect) => effect.type === 'model.send' && effect.command.type === 'interrupt',
      )
      if (interrupted < 0 || !before.mediaAttached) return
      const cleared = effects.findIndex(({ type }) => type === 'media.clear')
      expect(cleared).toBeGreaterThanOrEqual(0)
      expect(cleared).toBeLessThan(interrupted)
    })
  })

  it('never opens a second model while one is open', () => {
    always((before, _after, effects) => {
      if (effects.some(({ type }) => type === 'model.open')) expect(before.model).toBe('closed')
    })
  })

  it('talks to a model only when there is one', () => {
    always((before, after, effects) => {
      const talks = effects.some(
        ({ type }) => type === 'model.send' || type === 'model.greet' || type === 'model.configureConversation',
      )
      if (talks) expect([before.model, after.model]).toContain('configured')
    })
  })

  it('answers each tool call once at most, and at once when it settles', () => {
    const outputs = new Map<string, number>()
    always((before, _after, effects, event) => {
      if (event.type === 'opened') outputs.clear()
      if (event.type === 'toolCalled') outputs.set(event.toolCallId, 0)
      for (const effect of effects)
        if (effect.type === 'model.send' && effect.command.type === 'toolOutput') {
          expect(event.type).toBe('toolSettled')
          expect(before.toolsRunning.map((tool) => tool.toolCallId)).toContain(effect.command.toolCallId)
        }
    })
  })

  it('asks for one reply per step at most', () => {
    always((_before, _after, effects) => {
      const replies = effects.filter(
        (effect) => effect.type === 'model.greet' || (effect.type === 'model.send' && effect.command.type === 'reply'),
      )
      expect(replies.length).toBeLessThanOrEqual(1)
    })
  })

  it('does not stop a shielded greeting for speech', () => {
    always((before, _after, effects, event) => {
      if (event.type !== 'speechStarted' || before.greeting !== 'asked' || before.shield === 'off') return
      expect(effects.some(({ type }) => type === 'media.clear')).toBe(false)
    })
  })

  it('changes to conversation settings once per connection, in a quiet moment', () => {
    always((before, after, effects) => {
      if (!effects.some(({ type }) => type === 'model.configureConversation')) return
      expect(before.opening).toBe(true)
      expect(after.opening).toBe(false)
      expect(after.replyActive).toBe(false)
      expect(after.callerSpeaking).toBe(false)
    })
  })
})

describe('a person who is rung', () => {
  it('is never left ringing when the caller is gone', () => {
    fc.assert(
      fc.property(start, fc.array(anyEvent, { maxLength: 80 }), (options, events) => {
        let ringing = false
        walk(options, events, (before, after, effects) => {
          if (effects.some(({ type }) => type === 'control.ringPerson')) ringing = true
          if (effects.some(({ type }) => type === 'control.dropPerson')) ringing = false
          // Let go into the room where the person waits.
          if (before.departure?.kind === 'conference' && after.disposition === 'transferred') ringing = false
          if (after.phase === 'ended') expect(ringing).toBe(false)
        })
      }),
      { numRuns: 3_000 },
    )
  })
})

describe('every call comes to an end', () => {
  it('when the caller has gone and only timers are left', () => {
    fc.assert(
      fc.property(start, fc.array(anyEvent, { maxLength: 40 }), (options, events) => {
        let state = walk(options, events, () => {})
        const running = new Set<TimerName>(timers)
        // Whatever is still to come, a detached socket and enough timers end it.
        const rest: CallEvent[] = [
          { type: 'mediaDetached', graceful: false, heard: [] },
          ...timers.flatMap((timer): CallEvent[] => [
            { type: 'timerFired', timer },
            { type: 'timerFired', timer },
          ]),
        ]
        for (const event of [...rest, ...rest]) {
          if (event.type === 'timerFired' && !running.has(event.timer)) continue
          ;[state] = reduce(state, event)
        }
        expect(state.phase).toBe('ended')
      }),
      { numRuns: 1_000 },
    )
  })
})
