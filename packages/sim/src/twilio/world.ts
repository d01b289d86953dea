/** What the parts of the stand-in share: the account, the legs, the rooms, the recordings. */
import { randomBytes } from 'node:crypto'
import type { Leg, LegOptions } from './leg.ts'
import type { NumberBook } from './numbers.ts'
import type { Reach } from '../tls/reach.ts'
import type { FarEnd, TwilioFaults } from './types.ts'

/** A stored recording: a WAV, or nothing for an empty one. */
interface Recording {
  sid: string
  callSid: string
  wav: Buffer
  seconds: number
}

/** Who is in a conference; the room is gone when it is empty. */
export interface Room {
  sid: string
  name: string
  members: Map<string, Member>
}

/** One leg in a conference. */
export interface Member {
  leg: Leg
  label: string | undefined
  muted: boolean
  hold: boolean
  endsRoom: boolean
  leave(): void
}

/** Everything of one stand-in. */
export interface World {
  readonly accountSid: string
  readonly authToken: string
  readonly webhookTimeoutMs: number
  /** The way out: to webhooks and media sockets. */
  readonly reach: Reach
  faults: TwilioFaults
  /** Chance, the same in every run. */
  readonly random: () => number
  readonly legs: Map<string, Leg>
  readonly rooms: Map<string, Room>
  readonly recordings: Map<string, Recording>
  /** What happens when this number is rung. */
  farEnd(to: string): FarEnd
  readonly numbers: NumberBook
  /** Origin of the REST API. */
  url(): string
  createLeg(options: LegOptions): Leg
}

/** A new Twilio id: two letters and 32 hex digits. */
export const newSid = (prefix: string): string => prefix + randomBytes(16).toString('hex')

/** A pause that ends early when the signal aborts; it never rejects. */
export const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const finish = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, ms)
    signal?.addEventListener('abort', finish)
  })

/** The promise, or a rejection with the signal's reason as soon as it aborts. */
export async function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason as Error)
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
