import type { Departure } from '../departure.ts'
import type { CallFacts } from '../facts.ts'
import type { KeptState } from './kept-state.ts'
import type { LineCapabilities } from '../line.ts'
import type { Grant } from '../mode/grant.ts'
import type { Patience } from '../mode/mode.ts'
import type { ModelCapabilities } from '../model.ts'
import type { MachinePlan } from '../mode/outbound.ts'
import type { Route } from '../route.ts'

/** Settings of a call, fixed before it begins: all that its decisions depend on and that no event carries. */
export interface CallSettings {
  readonly direction: CallFacts['direction']
  /** The assistant speaks first. */
  readonly greets: boolean
  /** The callee speaks first; the assistant greets after this much silence (ms). */
  readonly speaksAfterMs?: number | undefined
  /** What to do when an answering machine answers. */
  readonly machine: MachinePlan
  /** `full`: the greeting cannot be interrupted. */
  readonly shield: 'full' | 'off'
  readonly patience: Patience
  readonly grant?: Grant | undefined
  /** Departures that the caller can choose by keys alone. */
  readonly keypad: Readonly<Record<string, Departure>>
  /** Speech over the assistant must last a while before it interrupts; the model then leaves interrupting to us. */
  readonly bargeInGuarded: boolean
  /** Who takes the caller when the model is unavailable. */
  readonly fallback?: Route | undefined
  /** What the line can do. */
  readonly lineCan: LineCapabilities
  /** What the model can do. */
  readonly modelCan: ModelCapabilities
  /** The call was begun by a process that died: its state then, and how long ago it began (ms). */
  readonly resumes?: { readonly kept: KeptState; readonly elapsedMs: number } | undefined
  /** A session that reads this many tokens for a reply is replaced by a fresh one; never, when absent. */
  readonly refreshTokens?: number | undefined
}
