import { expect, it } from 'vitest'
import { officeNow, type WeeklyHours } from '../../src/index.ts'

const now = (hours: WeeklyHours | undefined, at: string): string =>
  officeNow({ name: 'Bar', timeZone: 'America/New_York', ...(hours ? { hours } : {}) }, new Date(at))

it('a prompt says whether the office is open, and until or from when', () => {
  const hours = { 'mon-fri': '09:00-17:30' } as const
  expect(now(hours, '2026-03-05T17:00:00Z')).toBe('The office is open until 5:30 PM.')
  expect(now(hours, '2026-03-06T23:00:00Z')).toBe('The office is closed and opens on Monday at 9 AM.')
  expect(now({ 'mon-sun': '00:00-24:00' }, '2026-03-06T23:00:00Z')).toBe('The office is open.')
  expect(now({ mon: 'closed' }, '2026-03-06T23:00:00Z')).toBe('The office is closed.')
  expect(now(undefined, '2026-03-06T23:00:00Z')).toBe('')
})
