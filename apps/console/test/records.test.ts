import { expect, it } from 'vitest'
import { chipText } from '../src/pages/calls/calls-words.ts'
import { daysOf, mondayOf, placed, shownMinutes } from '../src/pages/customers/calendar-days.ts'
import { addDays, clockOf, dayBegins } from '../src/parts/moments.ts'
import { deliveryText } from '../src/pages/messages/messages-words.ts'
import { hoursText, partsOfChange } from '../src/pages/numbers/numbers-words.ts'
import { contextOf, fieldsOf } from '../src/pages/outbound/context-fields.ts'

it('a week begins on Monday, over the end of a year too', () => {
  expect(mondayOf('2027-01-01')).toBe('2026-12-28')
  expect(daysOf('week', '2027-01-03')).toEqual(Array.from({ length: 7 }, (_, day) => addDays('2026-12-28', day)))
  expect(daysOf('day', '2027-01-03')).toEqual(['2027-01-03'])
})

it('an appointment stands on the clock of the business, in the lane of its resource', () => {
  expect(clockOf('2026-12-02T04:30:00Z', 'America/New_York')).toEqual({ date: '2026-12-01', minutes: 1_410 })
  const appointment = { id: 'a', startsAt: '2026-12-02T14:00:00Z', resourceId: 'two', durationMinutes: 30 } as never
  const calendar = {
    timeZone: 'America/New_York',
    resources: [
      { id: 'one', name: '1' },
      { id: 'two', name: '2' },
    ],
  }
  expect(placed('2026-12-02', [appointment], calendar)).toMatchObject([{ minutes: 540, lane: 1, lanes: 2 }])
  expect(placed('2026-12-03', [appointment], calendar)).toEqual([])
})

it('a view shows all that is open or booked', () => {
  const day = { date: '2026-12-02', open: [{ opens: 450, closes: 1_500 }] }
  expect(shownMinutes([day], [])).toEqual([420, 1_440])
  expect(shownMinutes([], [{ minutes: 1_100, durationMinutes: 50 }])).toEqual([480, 1_200])
})

it('hours are told until they change', () => {
  const now = Date.parse('2026-11-30T12:00:00Z')
  const business = { timeZone: 'UTC', isOpen: false, until: '2026-12-01T09:00:00Z' }
  expect(hoursText(business, now)).toMatch(/^closed, opens Tue 9:00 AM/)
  expect(hoursText({ ...business, closedFor: 'Christmas' }, now)).toMatch(/^closed for Christmas, opens /)
  expect(hoursText({ timeZone: 'UTC', isOpen: true }, now)).toBe('open at all hours')
})

it('a change at Twilio has a before and an after', () => {
  expect(partsOfChange('voice URL: https://old.example.com/x → https://new.example.com/twiml')).toEqual({
    what: 'voice URL',
    before: 'https://old.example.com/x',
    after: 'https://new.example.com/twiml',
  })
})

it('a delivery says what happened and what comes next', () => {
  const delivery = {
    destination: 'desk',
    state: 'retrying',
    attempts: 2,
    answer: 'HTTP 502',
    nextAttemptAt: 'x',
  } as const
  expect(deliveryText(delivery, () => '09:10')).toBe('desk, attempt 2 failed: HTTP 502; next 09:10')
})

it('the fields of a scenario are made of its schema, and what is written becomes its context', () => {
  const fields = fieldsOf({
    properties: {
      appointmentDate: { type: 'string', format: 'date' },
      questions: { type: 'array', items: { type: 'string' } },
      count: { type: 'integer' },
      data: { type: 'object' },
    },
    required: ['appointmentDate'],
  })
  expect(fields.map(({ title, kind, isRequired }) => [title, kind, isRequired])).toEqual([
    ['Appointment date', 'date', true],
    ['Questions', 'lines', false],
    ['Count', 'number', false],
    ['Data', 'json', false],
  ])
  const written = { appointmentDate: '2026-12-01', questions: 'One?\n\nTwo?', count: '3', data: '{"a":1}' }
  expect(contextOf(fields, written)).toEqual({ ...written, questions: ['One?', 'Two?'], count: 3, data: { a: 1 } })
  expect(contextOf(fields, {})).toEqual({})
  expect(() => contextOf(fields, { data: '{' })).toThrow('Data is not JSON.')
})

it('a day begins at midnight of the business, also when its clocks change', () => {
  const at = (zone: string, date: string) => new Date(dayBegins(zone, date)).toISOString()
  expect(at('America/New_York', '2027-03-14')).toBe('2027-03-14T05:00:00.000Z')
  expect(at('America/New_York', '2027-03-15')).toBe('2027-03-15T04:00:00.000Z')
  expect(at('Pacific/Auckland', '2027-01-02')).toBe('2027-01-01T11:00:00.000Z')
  expect(at('Asia/Kolkata', '2027-01-02')).toBe('2027-01-01T18:30:00.000Z')
  // There the clocks go forward at midnight: the day begins at one.
  expect(at('Asia/Beirut', '2027-03-28')).toBe('2027-03-27T22:00:00.000Z')
  expect(chipText('from', '2026-12-01', 'America/New_York')).toMatch(/\b1\b/)
})
