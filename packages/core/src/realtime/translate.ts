import { saneCode } from './bounds.ts'
import type { WireResponse } from './protocol.ts'

/** How a response ended; completed when the server does not say. Some servers report an interrupted one as incomplete. */
export const outcomeOf = (
  { status, ...response }: WireResponse,
  wasCut: boolean,
): 'completed' | 'cancelled' | 'failed' | 'incomplete' => {
  if (status === 'failed' || status === 'cancelled') return status
  if (status === 'canceled') return 'cancelled'
  if (status !== 'incomplete') return 'completed'
  const reason = reasonOf(response)
  return wasCut || reason === 'turn_detected' || reason === 'client_cancelled' ? 'cancelled' : 'incomplete'
}

/** The server's reason why a response is not complete. */
export const reasonOf = ({ status_details: details }: WireResponse): string | undefined => {
  if (typeof details === 'string') return saneCode(details)
  return saneCode(details?.error?.code ?? details?.error?.type ?? details?.reason)
}

/** How long the server of a failed response asks us to wait (ms). */
export const responseRetryAfterMs = ({ status_details: details }: WireResponse): number | undefined =>
  typeof details === 'string' ? retryAfterMs(details) : retryAfterMs(details?.error?.message)

/** Longest waiting time that is read. */
const MAX_RETRY_AFTER_MS = 600_000
const WAIT = /(?:try again|retry) (?:in|after) (?:about )?((?:\d{1,9}(?:\.\d{1,9})?\s?(?:ms|[hms])[a-z]*[\s,]*)+)/i
const AMOUNT = /(\d+(?:\.\d+)?)\s?([a-z]+)/gi

const unitMs = (unit: string): number => {
  if (/^(?:ms|msecs?|milli(?:second)?s?)$/.test(unit)) return 1
  if (/^(?:s|secs?|seconds?)$/.test(unit)) return 1_000
  if (/^(?:m|mins?|minutes?)$/.test(unit)) return 60_000
  return /^(?:h|hrs?|hours?)$/.test(unit) ? 3_600_000 : Number.NaN
}

/** Reads a waiting time in ms from "Please try again in 1m2.5s"; servers send it in the message only. */
export const retryAfterMs = (message: unknown): number | undefined => {
  if (typeof message !== 'string') return undefined
  const wait = WAIT.exec(message.slice(0, 2_000))?.[1]
  if (wait === undefined) return undefined
  const amounts = [...wait.matchAll(AMOUNT)].map(([, amount, unit]) => Number(amount) * unitMs(unit!.toLowerCase()))
  const waitMs = Math.ceil(amounts.reduce((sum, ms) => sum + ms, 0))
  return Number.isFinite(waitMs) ? Math.min(waitMs, MAX_RETRY_AFTER_MS) : undefined
}
