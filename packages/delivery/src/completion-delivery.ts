import { systemClock, type Clock } from '@llc-phone/core'
import {
  isWorthTelling,
  type CallNote,
  type CallNotes,
  type OutboundCall,
  type OutboundLedger,
  type PendingCompletion,
} from '@llc-phone/store'
import * as z from 'zod'
import { createOutbox, type OutboxItem, type OutboxProblem } from './outbox.ts'
import { checkSettings } from './settings.ts'
import { createWebhook, webhookSchema, type WebhookEvent, type WebhookSettings } from './webhook.ts'
import type { DeliveryWatch } from './watch.ts'

/** A completion that could not be delivered. */
export interface CompletionProblem extends Omit<OutboxProblem<OutboxItem>, 'item'> {
  readonly callId: string
}

/** Options of the delivery. Without `webhook` nothing is sent. */
export interface CompletionSettings extends DeliveryWatch {
  /** Remembers which completions are still to be sent: those of calls begun with `webhook: true`. */
  readonly completions: OutboundLedger
  /** When present, the assistant's notes are sent too. */
  readonly notes?: Pick<CallNotes, 'of'>
  readonly webhook?: WebhookSettings | undefined
  readonly clock?: Clock
  /** For the log. */
  onProblem?(problem: CompletionProblem): void
}

/** Reports the results of outbound calls to the operator's system: each at least once, always with the same id. */
export interface CompletionDelivery {
  /** The ledger for the dialer, in place of the store's: calls that end through it are reported at once. */
  readonly ledger: OutboundLedger
  /** Starts sending, also what an earlier process left. */
  start(): void
  /** Reports at once a call whose end was written elsewhere; without it, that takes up to ten seconds. */
  wake(): void
  /** Waits for current requests, five seconds at most; the next process sends the rest. */
  stop(): Promise<void>
}

type PendingCall = OutboxItem & { readonly call: PendingCompletion }

const settingsSchema = z.object({ webhook: webhookSchema.optional() })

/** The number is not masked: the receiver's own system requested the call. */
const told = [
  'callId',
  'to',
  'from',
  'mode',
  'scenario',
  'state',
  'disposition',
  'answeredBy',
  'gate',
  'until',
  'problem',
  'requestedAt',
  'dialledAt',
  'answeredAt',
  'endedAt',
  'costUsd',
] as const satisfies readonly (keyof OutboundCall)[]

/** What a report is about, and when it is due since it was claimed. */
const toldBy = ({ id, nextAttemptAt }: PendingCall) => ({ callId: id, nextAttemptAt })

/** In JSON dates are ISO 8601, and what is not known is left out. */
const eventOf = (call: OutboundCall, notes: readonly CallNote[]): WebhookEvent => ({
  // What is found out later about an unknown call is a new event.
  id: `outbound_call_${call.callId}${call.state === 'unknown' ? '_unknown' : ''}`,
  type: 'outbound_call.completed',
  timestamp: call.endedAt ?? call.requestedAt,
  data: {
    ...Object.fromEntries(told.map((key) => [key, call[key]])),
    // The name it was published under.
    callSid: call.legId,
    notes: notes.map(({ text, at }) => ({ text, at })),
  },
})

/**
 * Posts `outbound_call.completed` for each outbound call that has ended, was refused, failed or cannot be found, beside the calls. What
 * could not be sent is tried again for about a day and a half, also by a later process. Throws `config_invalid`.
 *
 * @example
 * const delivery = createCompletionDelivery({ completions: store.outbound, notes: store.callNotes, webhook: { url, secret } })
 * const dialer = createDialer({ ...options, ledger: delivery.ledger, webhook: true })
 * delivery.start()
 */
export const createCompletionDelivery = (settings: CompletionSettings): CompletionDelivery => {
  const { completions, notes, webhook, clock = systemClock, onProblem, onResult, traceparentOf } = settings
  checkSettings('completed calls', settingsSchema, { webhook })
  const post = webhook && createWebhook(webhook, clock)
  const outbox = createOutbox<PendingCall>({
    book: {
      async pending(until) {
        const calls = await completions.pendingCompletions(until)
        return calls.map((call) => ({
          id: call.callId,
          attempts: call.attempts,
          nextAttemptAt: call.nextAttemptAt,
          call,
        }))
      },
      claim: (item, until) => completions.claimCompletion(toldBy(item), until),
      delivered: (item) => completions.completionDelivered(toldBy(item)),
      failed: (item, nextAttemptAt) => completions.completionFailed(toldBy(item), nextAttemptAt),
    },
    send: async ({ call }, signal) => {
      const event = eventOf(call, (await notes?.of(call.callId)) ?? [])
      await post?.({ ...event, traceparent: traceparentOf?.(call.callId) }, signal)
    },
    clock,
    onResult,
    onProblem: ({ item, ...problem }) => onProblem?.({ callId: item.id, ...problem }),
  })
  return {
    ledger: {
      ...completions,
      async change(callId, change, epoch) {
        await completions.change(callId, change, epoch)
        if (change.state !== undefined && isWorthTelling(change.state)) outbox.wake()
      },
    },
    ...outbox,
    start() {
      // Without a webhook nothing is sent, and nothing is given up.
      if (post) outbox.start()
    },
  }
}
