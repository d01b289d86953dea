import { messageKinds } from '@llc-phone/core'
import { shownDestination } from '@llc-phone/delivery'
import type { DeliveryState, ListedMessage } from '@llc-phone/store'
import * as z from 'zod'
import { masked } from './call-view.ts'

const states = ['waiting', 'retrying', 'delivered', 'given_up'] as const

const delivery = z.object({
  destination: z.string(),
  state: z.enum(states),
  attempts: z.int(),
  nextAttemptAt: z.iso.datetime().optional(),
  deliveredAt: z.iso.datetime().optional(),
  gaveUpAt: z.iso.datetime().optional(),
  answer: z.string().optional(),
})

/** A message in answers. */
export const messageSchema = z
  .object({
    id: z.string(),
    createdAt: z.iso.datetime(),
    kind: z.enum(messageKinds),
    callId: z.string(),
    callerName: z.string(),
    callerNumber: z.string().nullable(),
    callerExtension: z.string().optional(),
    recipient: z.string().optional(),
    text: z.string(),
    urgency: z.enum(['normal', 'urgent']),
    route: z.string().optional(),
    recordingUrl: z.string().optional(),
    doneAt: z.iso.datetime().optional(),
    doneBy: z.string().optional(),
    assignedTo: z.string().optional(),
    /** Of all destinations the one that needs attention most; `nowhere`: it was to be sent to none. */
    delivery: z.enum(['nowhere', ...states]),
    deliveries: z.array(delivery),
    calledBack: z.object({ callId: z.string(), state: z.string(), requestedAt: z.iso.datetime() }).optional(),
  })
  .meta({ id: 'Message' })

const stateOf = ({ deliveredAt, gaveUpAt, problem }: DeliveryState): (typeof states)[number] => {
  if (deliveredAt) return 'delivered'
  if (gaveUpAt) return 'given_up'
  return problem === undefined ? 'waiting' : 'retrying'
}

const deliveryOf = (state: DeliveryState) => {
  const { destination, problem, ...rest } = state
  return {
    ...rest,
    destination: shownDestination(destination),
    state: stateOf(state),
    ...(problem === undefined ? {} : { answer: problem }),
  }
}

/** What needs attention, first. */
const BY_CONCERN = ['given_up', 'retrying', 'waiting', 'delivered'] as const

/** A message as it is answered. Dates become ISO 8601. Without `whole`, numbers are masked. */
export const messageView = (message: ListedMessage, whole: boolean): object => {
  const { deliveries, idempotencyKey: _key, recordingId: _id, deliverTo: _to, kind = 'message', ...told } = message
  const all = deliveries.map(deliveryOf)
  const view = {
    ...told,
    kind,
    delivery: BY_CONCERN.find((state) => all.some((each) => each.state === state)) ?? 'nowhere',
    deliveries: all,
  }
  return whole ? view : (masked(view) as object)
}
