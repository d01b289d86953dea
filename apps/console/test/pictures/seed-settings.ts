import type { E164 } from '@llc-phone/core'
import { dentalPractice } from '@llc-phone/settings/templates'
import type { Store } from '@llc-phone/store'
import { stopClock } from './clock.ts'
import { daysBefore, at } from './moments.ts'
import { DESTINATIONS } from './seed-messages.ts'

const SERVICE = '+14155550103' as E164

/** A number that was bought lately. */
export const NEW_NUMBER = '+14155550104' as E164

/** The example business as it was published first. */
const first = { ...dentalPractice, messages: DESTINATIONS.map((to) => ({ to })) }

const second = {
  ...first,
  business: {
    ...first.business,
    closures: [
      { from: '2026-11-26', to: '2026-11-27', reason: 'Thanksgiving' },
      { from: '2026-12-24', to: '2026-12-26', reason: 'Christmas' },
    ],
  },
}

const third = {
  ...second,
  directory: second.directory!.map((person) =>
    person.name === 'Dr. Elena Lopez'
      ? { ...person, hours: { mon: '09:00-12:00', tue: '09:00-17:00', wed: '09:00-13:00', thu: '13:00-17:30' } }
      : person,
  ),
  numbers: { ...second.numbers, list: { ...second.numbers.list, [NEW_NUMBER]: { mode: 'frontDesk' } } },
  answers: [...second.answers!, { question: 'Do you see children?', answer: 'Yes, from the first tooth on.' }],
}

const draft = {
  ...third,
  business: { ...third.business, hours: { ...third.business.hours, sat: '10:00-13:00' } },
  answers: [
    ...third.answers,
    { question: 'Do you bleach teeth?', answer: 'Yes; the first appointment is a check-up.' },
  ],
}

/** Publishes three versions, and leaves a draft that somebody works on. */
export const seedSettings = async ({ settings, numbers }: Store): Promise<void> => {
  const publish = (document: unknown, by: string, atMs: number, after: number, note: string) =>
    settings.publish({ document, by, at: new Date(atMs), after, note })
  await publish(first, 'Anna Meyer', daysBefore(29, '11:30'), 0, 'First version')
  await publish(second, 'Elena Lopez', daysBefore(9, '16:44'), 1, 'Christmas closures')
  await publish(third, 'Anna Meyer', daysBefore(2, '17:05'), 2, 'Dr. Lopez also on Wednesdays; children')
  await settings.saveDraft({
    document: draft,
    by: 'Elena Lopez',
    at: new Date(at('10:52')),
    baseVersion: 3,
    revision: undefined,
  })
  stopClock([daysBefore(5, '12:15')])
  await numbers.set(SERVICE, 'frontDesk', 'Anna Meyer')
  stopClock([daysBefore(5, '12:48')])
  await numbers.remove(SERVICE, 'Anna Meyer')
}
