import type { CallFacts } from '../facts.ts'
import type { CallUsage } from '../model.ts'
import type { AllowanceSpent } from './allowance.ts'
import type { ToolRun, Turn } from './call-story.ts'
import type { KeptState } from './kept-state.ts'
import type { LatencyMeasure } from './observer.ts'
import type { CallState } from './state.ts'
import type { Transfer } from './transfers.ts'

/** What a process writes down of a live call, so that another one can go on with it after a crash. All of it is plain JSON. */

/** A tool call, or keys that the caller pressed: what a model has to know beside the words. */
export type CallStep =
  | {
      readonly kind: 'tool'
      readonly toolCallId: string
      readonly name: string
      readonly argumentsJson: string
      /** What the model was told; absent while the tool runs. */
      readonly output?: string
      readonly atMs: number
    }
  | { readonly kind: 'keys'; readonly text: string; readonly atMs: number }

/**
 * What comes next for a caller when their audio ends, as a reason that anybody can read beside the call; what it takes is in
 * the departure of {@link KeptState}. `resume`: the conversation goes on at another process.
 */
export interface NextOfCall {
  readonly kind: 'transfer' | 'voicemail' | 'keys' | 'apology' | 'hangup' | 'resume'
  /** The route of a transfer or a voicemail. */
  readonly route?: string
  /** Code of the fault that is apologised for. */
  readonly code?: string
}

/** What comes next in this state; `undefined` while nothing was decided. */
export const nextOf = ({ departure }: Pick<KeptState, 'departure'>): NextOfCall | undefined => {
  switch (departure?.kind) {
    case 'transfer':
    case 'voicemail':
      return { kind: departure.kind, route: departure.route }
    case 'conference':
      return { kind: 'transfer' }
    case 'keys':
      return { kind: 'keys' }
    case 'fallback':
      return { kind: 'apology', code: departure.error.code }
    case 'hangUp':
      return { kind: 'hangup' }
    case undefined:
      return undefined
  }
}

/** Everything but the words that resuming a call needs. */
export interface ResumePlan {
  /** The mode instance that conducts it, as its number was configured. */
  readonly instance: string
  /** Name of the other party, if the network or the request gave one. */
  readonly name?: string
  readonly kept: KeptState
  readonly spent: AllowanceSpent
  /** What the mode knows of the call, in its own words; see `ModeDefinition.memory`. */
  readonly known?: unknown
}

/** An entry of a list that is written piece by piece; entries are in order of position, with gaps. */
export type Placed<Entry> = Entry & { readonly position: number }

/** What a call has noted since it was last asked. */
export interface CallChanges {
  readonly facts: CallFacts
  readonly mode: string
  /** The lists are complete: they replace what was stored of the call. */
  readonly replaces: boolean
  /** No process has handed any of the call over before: nothing of these lists is stored yet. */
  readonly isFirst?: boolean
  /** An empty text: the turn is not kept any more, or nothing of it was heard. */
  readonly turns: readonly Placed<Turn>[]
  readonly tools: readonly Placed<ToolRun>[]
  readonly latency: readonly Placed<{ readonly measure: LatencyMeasure; readonly ms: number }>[]
  /** All of them; absent when none has changed. */
  readonly transfers?: readonly Transfer[]
  /** Absent when it has not changed. */
  readonly usage?: CallUsage
  readonly steps: readonly Placed<{ readonly step: CallStep }>[]
  /** JSON of a {@link ResumePlan}; absent when it has not changed. */
  readonly plan?: string
  /** Null when nothing was decided; absent when it has not changed. */
  readonly next?: NextOfCall | null
}

/** A call as its dead process has left it. */
export interface RememberedCall {
  readonly plan: ResumePlan
  readonly turns: readonly Turn[]
  readonly tools: readonly ToolRun[]
  readonly transfers: readonly Transfer[]
  readonly latency: Partial<Record<LatencyMeasure, readonly number[]>>
  readonly usage: CallUsage
  readonly steps: readonly CallStep[]
  /** How long the call has lasted (ms), where its process read another clock than this one; absent where they are the same. */
  readonly lastedMs?: number
  /** How long before it was taken over its process gave its last sign (ms). */
  readonly silentMs?: number
}

/** The state to write down. */
export const keptState = (state: CallState): KeptState => {
  const { connects, callerTurns, recordedTurns, takenBack, notes, machineAnswered, rung, verdict, departure } = state
  // A goodbye that was not heard is said again; where the caller goes has been agreed.
  const isLeft = state.phase !== 'leaving' || departure?.kind !== 'hangUp' || state.goodbye === 'gone'
  return {
    connects,
    callerTurns,
    recordedTurns,
    takenBack,
    notes,
    machineAnswered,
    rung,
    greeted: state.greetingBegun || callerTurns > 0 || state.greeting === 'none' || state.greeting === 'heard',
    ...(verdict ? { verdict } : {}),
    ...(departure && isLeft ? { departure } : {}),
    ...(departure && state.phase === 'away' ? { awayKind: state.awayKind } : {}),
    ...(state.consultation ? { consultation: state.consultation } : {}),
  }
}
