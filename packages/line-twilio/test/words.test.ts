import { expect, it } from 'vitest'
import { legStatusOf, verdictOf } from '../src/words.ts'

it.each([
  ['queued', 'queued'],
  ['initiated', 'queued'],
  ['ringing', 'ringing'],
  ['in-progress', 'answered'],
  ['answered', 'answered'],
  ['completed', 'completed'],
  ['busy', 'busy'],
  ['no-answer', 'no_answer'],
  ['failed', 'failed'],
  ['canceled', 'canceled'],
])('Twilio’s status %s is %s', (word, status) => expect(legStatusOf(word)).toBe(status))

it.each(['', 'answered-elsewhere', 'constructor', '__proto__'])('a status it may invent ends nothing: "%s"', (word) =>
  expect(legStatusOf(word)).toBe('queued'),
)

it.each([
  ['human', 'human'],
  ['machine_start', 'machine'],
  ['machine_end_beep', 'machine_ended'],
  ['machine_end_silence', 'machine_ended'],
  ['machine_end_other', 'machine_ended'],
  ['fax', 'fax'],
  ['unknown', 'unknown'],
  ['robot', undefined],
  ['constructor', undefined],
  ['', undefined],
])('Twilio’s verdict "%s" is %s', (word, verdict) => expect(verdictOf(word)).toBe(verdict))
