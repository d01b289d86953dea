import type { AnsweredBy, CallSession } from '@llc-phone/core'
import type { DialRequest } from './dialer-types.ts'
import type { Place, Turn } from './waiting-line.ts'
import type { CallRecord } from './record.ts'

/** A call that this process is about, from its request to its end. */
export interface OutgoingCall {
  readonly callId: string
  readonly request: DialRequest
  readonly record: CallRecord
  readonly requestedAt: Date
  /** Later (ms on the clock that never goes back) it must not be placed any more. */
  readonly expiresAtMs: number
  /**
   * - `preparing`: the carrier knows nothing of it
   * - `placing`: the carrier has been asked; from here on a call may exist
   * - `placed`: it exists, and is `legId`
   * - `over`: nothing more is done for it
   */
  stage: 'preparing' | 'placing' | 'placed' | 'over'
  place?: Place
  turn?: Turn
  session?: CallSession
  legId?: string
  placedAt?: Date
  answeredAt?: Date
  answeredBy?: AnsweredBy
  /** What the network has said about the end. */
  reason?: string
  /** The carrier has said that it is over. */
  isOverAtCarrier: boolean
  /** The gateway has said that the session is over, and what the model took (US dollars) if it is known. */
  bill?: { readonly modelUsd?: number }
  /** Resolves when the session is over. */
  readonly sessionOver: PromiseWithResolvers<void>
  /** Resolves when `legId` is known. */
  readonly bound: PromiseWithResolvers<void>
}

export const createOutgoingCall = (
  known: Pick<OutgoingCall, 'callId' | 'request' | 'record' | 'requestedAt' | 'expiresAtMs'>,
): OutgoingCall => ({
  ...known,
  stage: 'preparing',
  isOverAtCarrier: false,
  sessionOver: Promise.withResolvers(),
  bound: Promise.withResolvers(),
})

/** Asked by a function, because the stage changes while others are awaited. */
export const isOver = ({ stage }: Pick<OutgoingCall, 'stage'>): boolean => stage === 'over'

export const hasEnded = ({ session }: Pick<OutgoingCall, 'session'>): boolean => session?.state.phase === 'ended'
