import { expect, it } from 'vitest'
import { hoursOf, pastedClosures, weekOf, withPause } from '../../src/parts/form/hours.ts'

it('reads hours however they are written, and writes them day by day', () => {
  const week = weekOf({ 'mon-fri': '9:00-12:00, 13:00-17:30', wed: 'closed', sat: ['18:00-02:00'], sun: '00:00-24:00' })
  expect(week[0]).toEqual([
    { from: '09:00', to: '12:00' },
    { from: '13:00', to: '17:30' },
  ])
  expect(week[2]).toEqual([])
  expect(hoursOf(week)).toEqual({
    mon: ['09:00-12:00', '13:00-17:30'],
    tue: ['09:00-12:00', '13:00-17:30'],
    wed: 'closed',
    thu: ['09:00-12:00', '13:00-17:30'],
    fri: ['09:00-12:00', '13:00-17:30'],
    sat: '18:00-02:00',
    sun: '00:00-24:00',
  })
  expect(weekOf(undefined).flat()).toEqual([])
})

it('makes a pause at noon, a range of a closed day, and a second range of a short one', () => {
  expect(withPause([{ from: '09:00', to: '18:00' }])).toEqual([
    { from: '09:00', to: '12:00' },
    { from: '13:00', to: '18:00' },
  ])
  expect(withPause([])).toEqual([{ from: '09:00', to: '17:00' }])
  expect(withPause([{ from: '09:00', to: '10:00' }])).toHaveLength(2)
})

it('understands pasted closed days, and says which lines it does not', () => {
  const text =
    '24 Dec – 26 Dec Christmas\n2027-01-01: New Year\n\n7/4/2027\nDec 28 to Jan 2 holidays\nsoon\n31.12.2026 – 2.1.2027'
  expect(pastedClosures(text, '2026-11-30')).toEqual({
    closures: [
      { from: '2026-12-24', to: '2026-12-26', reason: 'Christmas' },
      { from: '2027-01-01', reason: 'New Year' },
      { from: '2027-07-04' },
      { from: '2026-12-28', to: '2027-01-02', reason: 'holidays' },
      { from: '2026-12-31', to: '2027-01-02' },
    ],
    left: ['soon'],
  })
})
