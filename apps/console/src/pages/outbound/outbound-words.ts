import type { components } from '../../api/openapi.ts'

/** Whether a call may be placed now. */
export type Verdict = components['schemas']['CallVerdict']
type Gate = NonNullable<Verdict['gate']>

/** What opens a gate. */
export const OPENS: Record<Gate, string> = {
  destination: 'The rules for outbound calls in the settings say which countries may be called.',
  do_not_call: 'Somebody who may be called again is taken off the do-not-call list, by a manager.',
  consent: 'Add the consent under Contacts, with where it is on record.',
  calling_hours: 'It opens by itself at the hours of whoever is called; their time zone under Contacts makes it exact.',
  frequency: 'It opens by itself once the earlier calls are long enough ago.',
  in_progress: 'It opens when the other call with this number is over.',
  spend: 'It opens tomorrow, or with a higher limit in the settings.',
  queue_age: 'The call waited too long; place it again.',
}

/** What opens a gate of this name, if it is one. */
export const opensText = (gate: string | undefined): string | undefined =>
  gate === undefined ? undefined : OPENS[gate as Gate]

/** What a gate is called. */
export const gateText = (gate: string): string => gate.replaceAll('_', ' ')

/** How a number came to the do-not-call list. */
export const sourceText = (source: string): string =>
  ({ call: 'said so on a call', csv: 'by a list', cli: 'by a command', api: 'by hand' })[source] ?? source
