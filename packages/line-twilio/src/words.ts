import type { AnsweredBy, LegStatus } from '@llc-phone/core'

/** Twilio's call statuses (twilio.com/docs/voice/api/call-resource#call-status-values); `answered` is the name of the event. */
const statuses: Readonly<Record<string, LegStatus>> = {
  queued: 'queued',
  initiated: 'queued',
  ringing: 'ringing',
  'in-progress': 'answered',
  answered: 'answered',
  completed: 'completed',
  busy: 'busy',
  'no-answer': 'no_answer',
  failed: 'failed',
  canceled: 'canceled',
}

/** Twilio's verdicts of answering machine detection (twilio.com/docs/voice/answering-machine-detection). */
const verdicts: Readonly<Record<string, AnsweredBy>> = {
  human: 'human',
  machine_start: 'machine',
  machine_end_beep: 'machine_ended',
  machine_end_silence: 'machine_ended',
  machine_end_other: 'machine_ended',
  fax: 'fax',
  unknown: 'unknown',
}

const wordIn = <Word>(words: Readonly<Record<string, Word>>, word: string): Word | undefined =>
  Object.hasOwn(words, word) ? words[word] : undefined

/** Translates a status. An unknown word only means that the leg exists. */
export const legStatusOf = (word: string): LegStatus => wordIn(statuses, word) ?? 'queued'

/** Translates a verdict; `undefined` for an unknown word. */
export const verdictOf = (word: string): AnsweredBy | undefined => wordIn(verdicts, word)
