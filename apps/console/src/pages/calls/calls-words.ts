import { assistantName } from '../../parts/assistant-name.ts'
import { dayBegins, momentText } from '../../parts/moments.ts'

/** The filters of the list, as `GET /calls` takes them. */
export const FILTERS = [
  'q',
  'number',
  'instance',
  'direction',
  'outcome',
  'problem',
  'slowerThan',
  'from',
  'to',
  'test',
] as const

/** One of them. */
export type CallFilter = (typeof FILTERS)[number]

/** How calls end, as choices. */
export const OUTCOMES: readonly (readonly [string, string])[] = [
  ['caller_hung_up', 'caller hung up'],
  ['assistant_hung_up', 'assistant hung up'],
  ['transferred', 'connected with a person'],
  ['voicemail', 'left a message'],
  ['fallback', 'sent to the fallback'],
  ['operator_hung_up', 'ended by an operator'],
  ['never_connected', 'never connected'],
  ['drained', 'gateway was stopped'],
  ['answering_machine', 'answering machine'],
  ['busy', 'busy'],
  ['no_answer', 'no answer'],
  ['failed', 'could not be placed'],
  ['canceled', 'taken back'],
  ['cut_off', 'process died'],
]

const SLOWER: Record<string, string> = { '800': '0.8 s', '1000': '1 s', '1500': '1.5 s', '3000': '3 s' }

/** Delays of the first words to look for. */
export const SLOWER_CHOICES = Object.entries(SLOWER)

const dayText = (value: string, zone: string): string =>
  value.length > 10 ? momentText(value, 'both', zone) : momentText(dayBegins(zone, value), 'day', zone)

/** A filter that is set, for people. */
export const chipText = (name: CallFilter, value: string, zone: string): string => {
  switch (name) {
    case 'q':
      return `“${value}”`
    case 'number':
      return `number ${value}`
    case 'instance':
      return assistantName(value)
    case 'direction':
      return value === 'inbound' ? 'incoming' : 'outgoing'
    case 'outcome':
      return OUTCOMES.find(([key]) => key === value)?.[1] ?? value
    case 'problem':
      return value === 'any' ? 'with a problem' : value
    case 'slowerThan':
      return `first words after ${SLOWER[value] ?? `${value} ms`}`
    case 'from':
      return `from ${dayText(value, zone)}`
    case 'to':
      return `until ${dayText(value, zone)}`
    case 'test':
      return value === 'true' ? 'test calls' : 'no test calls'
  }
}
