import type { Departure } from '../departure.ts'
import type { CallFacts } from '../facts.ts'
import type { LineCapabilities } from '../line.ts'
import type { Grant } from '../mode/grant.ts'
import type { Patience } from '../mode/mode.ts'
import type { ModelCapabilities } from '../model.ts'
import type { MachinePlan } from '../mode/outbound.ts'
import type { Route } from '../route.ts'

/** What of a call is settled before it begins: all that its decisions depend on and no later event says. */
export interface CallSettings {
  readonly direction: CallFacts['direction']
  /** The assistant speaks first. */
  readonly greets: boolean
  /** The other side speaks first, unless they stay silent for this long (ms). */
  readonly speaksAfterMs?: number | undefined
  /** What becomes of the call when a machine has answered. */
  readonly machine: MachinePlan
  /** Whether the greeting may be interrupted before it was heard. */
  readonly shield: 'full' | 'off'
  readonly patience: Patience
  readonly grant?: Grant | undefined
  /** Routes that keys alone can choose. */
  readonly keypad: Readonly<Record<string, Departure>>
  /** Speech over the assistant must prove itself before it stops it; the model then leaves interrupting to us. */
  readonly bargeInGuarded: boolean
  /** Who takes the caller when the model is not to be had. */
  readonly fallback?: Route | undefined
  /** What the line can do. */
  readonly lineCan: LineCapabilities
  /** What the model can do. */
  readonly modelCan: ModelCapabilities
}
