import { e164 } from '@llc-phone/core'
import { testMode } from '@llc-phone/core/testing'
import { describe, expect, it } from 'vitest'
import { ivr } from '../src/index.ts'
import { business, openCall } from './support.ts'

const person = (last: number, label: string, when: string) => ({ number: e164(`+1415555011${last}`), label, when })
const harbor = {
  name: 'Harbor Dental',
  timeZone: 'America/New_York',
  hours: { 'mon-thu': '08:00-18:00', fri: '08:00-16:00' },
  address: '12 Harbor Street, Boston',
  website: 'harbordental.example',
} as const
const answers = [
  { question: 'Where can I park?', answer: 'Behind the building; the entrance is on Mill Street.' },
  { question: 'Which insurance do you take?', answer: 'Most dental plans. The billing department checks yours.' },
]
const departments = {
  sales: person(1, 'the sales department', 'new customers, prices and offers'),
  support: person(2, 'the support desk', 'something does not work, or anything else'),
  billing: person(3, 'the billing department', 'invoices and payments'),
  scheduling: person(4, 'the scheduling desk', 'making, moving or cancelling appointments'),
}

// As gateway.config.ts has it, so that a change of the prompt is read as prose.
testMode(ivr({ business: harbor, answers, departments, operator: 'support', voicemail: true }), {
  maxPromptTokens: 720,
  maxToolTokens: 640,
  golden: 'golden/ivr.txt',
})

describe('what callers ask without wanting anybody', () => {
  it('is answered from what the business says of itself', async () => {
    const { instructions } = await openCall(ivr({ business: harbor, answers, departments }))
    for (const known of [
      'Opening hours: Monday to Thursday 8 AM to 6 PM, Friday 8 AM to 4 PM, closed on Saturday and Sunday.',
      'Address: 12 Harbor Street, Boston.',
      'Where can I park? Behind the building; the entrance is on Mill Street.',
      'A question that is answered here: answer it',
    ])
      expect(instructions).toContain(known)
  })

  it('is no business of an assistant that knows nothing', async () => {
    const { instructions } = await openCall(ivr({ business: { name: 'Solo', timeZone: 'UTC' }, departments }))
    expect(instructions).not.toMatch(/What you know|answered here/)
  })

  it('is looked up where it would make every caller wait', async () => {
    const long = Array.from({ length: 7 }, (_, index) => ({ question: `Matter ${index + 1}`, answer: 'x'.repeat(400) }))
    const { instructions } = await openCall(ivr({ business, departments, answers: long }))
    expect(instructions).toContain('With the text from look_up_answer: 1 Matter 1. 2 Matter 2.')
    expect(instructions).not.toContain('xxx')
  })
})
