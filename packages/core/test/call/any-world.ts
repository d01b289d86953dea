import fc from 'fast-check'
import type { ConnectionPlan, ReplyPlan } from './capricious-server.ts'
import type { Act, World } from './lived-call.ts'

/** The usual, three times out of four. */
export const often = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof({ arbitrary: fc.constant(usual), weight: 3 }, { arbitrary: fc.constantFrom(...others), weight: 1 })

const anyReply: fc.Arbitrary<ReplyPlan> = fc.record({
  startsMs: often<number | undefined>(300, 900, 1_400, 2_600, 4_000, 6_000, undefined),
  thinksMs: often(100, 600, 1_400, 3_000),
  soundMs: often(600, 0, 1_600, 4_000),
  stallsMs: often<number | undefined>(undefined, undefined, 0, 400),
  tool: often<string | undefined>(
    undefined,
    'quick',
    'slow',
    'slower',
    'silent',
    'listens',
    'holds',
    'hangs_up',
    'transfers',
    'consults',
    'fails',
    'stops',
    'leaves',
    'hangs_up hangs_up',
    'hangs_up fails_late',
    'slow hangs_up',
    'transfers hangs_up',
    'consults transfers',
    'quick consults',
    'silent stops',
    'hangs_up stops',
    'listens quick',
    'listens fails',
    'holds hangs_up',
    'no_such_tool',
  ),
  outcome: often<ReplyPlan['outcome']>('completed', 'incomplete', 'failed', 'cancelled'),
  retryAfterMs: often<number | undefined>(undefined, 3_200),
  losesPartEnd: often(false, true),
  losesEnd: often(false, true),
})
const anyConnection: fc.Arbitrary<ConnectionPlan> = fc.record({
  opensMs: often<number | undefined>(300, 1_200, 3_000, undefined),
  livesMs: often<number | undefined>(undefined, 500, 2_000, 5_000, 12_000),
  refusesSettings: often(false, true),
  hearsNoEnd: often(false, true),
})
/** Of a server whose sessions are short, and with whom nothing else goes wrong. */
export const expiring = (expiresMs: number): ConnectionPlan => ({
  opensMs: 300,
  expiresMs,
  refusesSettings: false,
  hearsNoEnd: false,
})
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant('waits' as const), ms: fc.constantFrom(300, 1_500, 4_000) }),
  fc.record({ kind: fc.constant('speaks' as const), ms: fc.constantFrom(300, 1_000, 2_500) }),
  fc.record({ kind: fc.constant('takesTurn' as const), ms: fc.constantFrom(300, 1_000, 2_500) }),
  fc.record({ kind: fc.constant('presses' as const), keys: fc.constantFrom('1', '12', '12#') }),
  fc.constant<Act>({ kind: 'isCutOff' }),
)
/** Whatever a call can meet. */
export const anyWorld: fc.Arbitrary<World> = fc.record({
  connections: fc.array(anyConnection, { maxLength: 4 }),
  replies: fc.array(anyReply, { maxLength: 8 }),
  acts: fc.array(anyAct, { maxLength: 5 }),
  comesAtMs: fc.constantFrom(0, 300, 1_500, 4_000),
  losesEachMark: often(0, 1, 2),
  minSpeechMs: often(0, 300),
  shield: often<'full' | 'off'>('full', 'off'),
  recordedMs: often<number | undefined>(undefined, 1_600, 5_000),
})
