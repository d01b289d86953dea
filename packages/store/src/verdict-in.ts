import type { AnsweredBy } from '@llc-phone/core'

const EARLIER: Readonly<Record<string, AnsweredBy>> = {
  machine_start: 'machine',
  machine_end_beep: 'machine_ended',
  machine_end_silence: 'machine_ended',
  machine_end_other: 'machine_ended',
}

/** What detection said, also in the words of an earlier version: its process may talk on while this one has begun. */
export const verdictIn = (word: AnsweredBy): AnsweredBy => EARLIER[word] ?? word
