import fc from 'fast-check'
import { initialState } from '../../src/call/initial-state.ts'
import { reduce } from '../../src/call/reduce.ts'
import type { ToolRequest } from '../../src/departure.ts'
import type { CallEffect, CallEvent, TimerName } from '../../src/call/events.ts'
import type { CallState } from '../../src/call/state.ts'
import { fullLineCapabilities } from '../../src/testing/scripted-line.ts'
import { answeredByVerdicts } from '../../src/line.ts'
import { e164 } from '../../src/telephone/e164.ts'

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
export const timers: readonly TimerName[] = [
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
  'refresh',
  'refreshLate',
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
  { departure: { kind: 'hangUp' }, lastWords: 'afterwards' },
  { departure: { kind: 'hangUp' }, lastWords: 'none' },
  { listening: 'noise' },
  { listening: 'hold' },
  { listening: 'person' },
  { consultation: { route: 'sales', number, label: 'sales', introduction: 'A caller wants to buy.' } },
)

export const anyEvent: fc.Arbitrary<CallEvent> = fc.oneof(
  fc.constantFrom<CallEvent>(
    { type: 'modelConfigured' },
    { type: 'modelConfigured', expiresInMs: 3_600_000 },
    { type: 'modelReplaced', expiresInMs: 60_000 },
    { type: 'mediaAttached' },
    { type: 'speechStopped' },
    { type: 'replyStarted' },
    { type: 'replyAudible' },
    { type: 'replyDelivered' },
    { type: 'audioAhead', sent: [] },
    { type: 'audioAhead', sent: [{ itemId: 'item-1', contentIndex: 0, heardMs: 900, sentMs: 900 }] },
    { type: 'configureRefused' },
    { type: 'reconfigured' },
    { type: 'spareLost' },
    { type: 'soundStarted' },
    { type: 'soundEnded' },
    { type: 'callerQuiet' },
    { type: 'speechMissed' },
    { type: 'greetingFound' },
    { type: 'greetingMissing' },
    { type: 'streamOffered' },
    { type: 'playedOut' },
    { type: 'followed' },
    { type: 'followed', asked: {} },
    { type: 'followed', asked: { report: { transfer: 'busy' } } },
    { type: 'callEnded', disposition: 'caller_hung_up' },
    { type: 'hangUpAsked', by: 'operator' },
    { type: 'noteGiven', text: 'offer Tuesday', saysIt: false },
    { type: 'noteGiven', text: 'offer Tuesday', saysIt: true },
    { type: 'transferAsked', departure: { kind: 'transfer', route: 'sales', number, label: 'sales', reason: '' } },
    { type: 'transferAsked', departure: { kind: 'voicemail', route: 'box', label: 'voicemail', reason: '' } },
    {
      type: 'transferAsked',
      consultation: { route: 'sales', number, label: 'sales', introduction: 'A caller wants to buy.' },
    },
  ),
  fc.record({
    type: fc.constant('modelLost' as const),
    error: fc.constant({ code: 'model_lost' as const, message: 'gone' }),
    retry: fc.boolean(),
  }),
  fc.record({ type: fc.constant('mediaDetached' as const), graceful: fc.boolean(), heard }),
  fc.record({ type: fc.constant('speechStarted' as const), heard }),
  fc
    .record({
      type: fc.constant('replyEnded' as const),
      outcome: fc.constantFrom('completed' as const, 'cancelled' as const, 'failed' as const, 'incomplete' as const),
      audible: fc.boolean(),
      soundMs: fc.constantFrom(0, 300, 900),
      acted: fc.boolean(),
      inputTokens: fc.constantFrom(400, 1_000),
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
  fc
    .record({ toolCallId, spoken: fc.boolean(), fails: fc.boolean(), request })
    .map(({ request: asked, fails, ...rest }): CallEvent => ({
      type: 'toolSettled',
      output: '{}',
      ...rest,
      ...(fails ? { failed: true } : {}),
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

/** What is settled before a call begins. */
export const start = fc.record({
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
  lineCan: fc.constant(fullLineCapabilities),
  refreshTokens: fc.constantFrom(undefined, 800),
  modelCan: fc.record({
    truncate: fc.boolean(),
    deleteItem: fc.boolean(),
    cancel: fc.boolean(),
    turnEvents: fc.boolean(),
    pace: fc.constantFrom('burst' as const, 'realTime' as const),
    idle: fc.constantFrom('free' as const, 'billed' as const),
  }),
  patience: fc.constant({ silenceMs: 20_000, checkIns: 2, keysMs: 3_500, maxDurationMs: 60_000 }),
})

/** Walks a random order of events, calling `check` after every step. */
export const walk = (
  options: Parameters<typeof initialState>[0],
  events: readonly CallEvent[],
  check: (before: CallState, after: CallState, effects: readonly CallEffect[], event: CallEvent) => void,
): CallState => {
  let state = initialState(options)
  const opened: CallEvent = { type: 'opened', settings: options }
  for (const event of [opened, ...events]) {
    const [next, effects] = reduce(state, event)
    check(state, next, effects, event)
    state = next
  }
  return state
}

/** After every step of any call. */
export const always = (check: Parameters<typeof walk>[2]): void => {
  fc.assert(
    fc.property(start, fc.array(anyEvent, { maxLength: 60 }), (options, events) => void walk(options, events, check)),
    { numRuns: 2_000 },
  )
}
