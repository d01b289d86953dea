import { GatewayError, type CallRegistry, type E164 } from '@llc-phone/core'
import type { ForgottenCustomers } from '@llc-phone/mode-csr'
import type { CallerEraser, ErasedCaller } from '@llc-phone/store'
import type { CallFeed } from './watching/call-feed.ts'
import type { Recordings } from './recording/recordings.ts'
import type { CallLog } from './watching/call-log.ts'

/** What is kept of a caller, as counts. */
export interface KnownCaller {
  readonly calls: number
  readonly live: number
  readonly messages: number
  readonly customers: number
  readonly contacts: number
}

/** What was deleted of a caller, as counts. */
export interface ForgottenCaller extends ErasedCaller, ForgottenCustomers {
  /** Stories that waited in files or in memory for the database. */
  readonly waitingStories: number
  readonly recordings: number
  /** The files of the database hold nothing of it any more; `false`: its log is emptied a little later. */
  readonly scrubbed: boolean
}

/** Deletes what the gateway keeps of a caller, wherever it keeps it. */
export interface CallerForgetter {
  find(number: E164): Promise<KnownCaller>
  /** Rejects with `call_live` while one of their calls goes on, and with `not_found` when nothing is known. */
  forget(number: E164): Promise<ForgottenCaller>
}

/** Where something of a caller is kept. */
export interface CallerPlaces {
  readonly eraser: CallerEraser
  readonly registry: Pick<CallRegistry, 'active' | 'recent' | 'forget'>
  readonly calls: Pick<CallLog, 'forget'>
  readonly feed: Pick<CallFeed, 'forget'>
  /** Absent for a database in memory. */
  readonly recordings?: Pick<Recordings, 'remove'> | undefined
  forgetCustomers(number: E164, callIds: readonly string[]): Promise<ForgottenCustomers>
  /** How many records have the number. */
  countCustomers(number: E164): Promise<number>
}

/** Forgets callers on request. */
export const createCallerForgetter = (places: CallerPlaces): CallerForgetter => {
  const { eraser, registry, calls, feed, recordings, forgetCustomers, countCustomers } = places

  const look = async (number: E164) => {
    const isTheirs = ({ facts }: { readonly facts: { readonly otherParty: { readonly number?: string } } }): boolean =>
      facts.otherParty.number === number
    const traces = await eraser.find(number)
    const here = registry.recent().filter(isTheirs)
    const callIds = [...new Set([...traces.callIds, ...here.map(({ facts }) => facts.callId)])]
    const live = Math.max(traces.live, registry.active().filter(isTheirs).length)
    return { ...traces, callIds, live, customers: await countCustomers(number) }
  }

  return {
    async find(number) {
      const { callIds, live, messages, contacts, customers } = await look(number)
      return { calls: callIds.length, live, messages, customers, contacts }
    },
    async forget(number) {
      const { callIds, live, messages, contacts, customers } = await look(number)
      if (live > 0)
        throw new GatewayError(
          'call_live',
          'A call with this number goes on, or waits to be placed. End it (POST /calls/ID/hangup) or wait, then try again.',
        )
      // First what would be written into the database again.
      const waitingStories = await calls.forget(number, callIds)
      if (callIds.length + messages + contacts + customers + waitingStories === 0)
        throw new GatewayError('not_found', 'Nothing is kept of this number.')
      const removed = (await recordings?.remove(callIds)) ?? 0
      const erasedCustomers = await forgetCustomers(number, callIds)
      const erased = await eraser.erase(number, { callIds })
      for (const callId of callIds) registry.forget(callId)
      feed.forget(callIds)
      return {
        ...erased,
        ...erasedCustomers,
        notes: erased.notes + erasedCustomers.notes,
        waitingStories,
        recordings: removed,
        scrubbed: await eraser.scrub(),
      }
    },
  }
}
