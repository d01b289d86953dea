import type { components } from '../../api/openapi.ts'

/** A message as the routes give it. */
export type Message = components['schemas']['Message']

/** What a message is, as its head says it; a plain message needs no word. */
export const KINDS: Record<Message['kind'], string> = {
  message: '',
  callback: 'wants a call back',
  visit: 'wants to come by',
  recording: 'voicemail',
  note: 'note of the assistant',
}

/** Whom it is from; somebody who said no name is known by the number alone. */
export const callerOf = ({ callerName }: Pick<Message, 'callerName'>): string => callerName || 'Somebody'

type Delivery = Message['deliveries'][number]

/** How far the delivery to one destination is, in words; times are written by `at`. */
export const deliveryText = (delivery: Delivery, at: (moment: string) => string): string => {
  const { destination, state, attempts, nextAttemptAt, deliveredAt, gaveUpAt, answer } = delivery
  const because = answer === undefined ? '' : `: ${answer}`
  switch (state) {
    case 'delivered':
      return `${destination}, delivered ${at(deliveredAt!)}`
    case 'given_up':
      return `${destination}, given up ${at(gaveUpAt!)} after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}${because}`
    case 'retrying':
      return `${destination}, attempt ${attempts} failed${because}${nextAttemptAt ? `; next ${at(nextAttemptAt)}` : ''}`
    default:
      return `${destination}, waiting to be sent`
  }
}

/** How good a state of delivery is. */
export const DELIVERY_TONES = {
  waiting: 'quiet',
  retrying: 'warn',
  delivered: 'good',
  given_up: 'bad',
} as const satisfies Record<Delivery['state'], string>

/** The tabs of the inbox. */
export const SHOWN = ['todo', 'done', 'all'] as const
export type Shown = (typeof SHOWN)[number]

/** What an empty inbox says. */
export const NOTHING: Record<Shown, string> = {
  todo: 'Nothing to do: every message has been seen to.',
  done: 'No message is done yet.',
  all: 'Nobody left a message.',
}

/** Kinds to choose from. */
export const KIND_CHOICES = [
  ['message', 'message'],
  ['callback', 'call back'],
  ['visit', 'visit'],
  ['recording', 'voicemail'],
  ['note', 'note'],
] as const

/** States of delivery to choose from. */
export const DELIVERY_CHOICES = [
  ['failed', 'given up'],
  ['pending', 'under way'],
] as const

/** A filter that is set, in words. */
export const filterText = (name: 'q' | 'delivery' | 'kind' | 'assignedTo' | 'call', value: string): string => {
  if (name === 'q') return `with: ${value}`
  if (name === 'assignedTo') return `assigned to ${value}`
  if (name === 'call') return 'of one call'
  const choices: readonly (readonly [string, string])[] = name === 'kind' ? KIND_CHOICES : DELIVERY_CHOICES
  return `${name}: ${choices.find(([each]) => each === value)?.[1] ?? value}`
}
