import { describe, expect, it } from 'vitest'
import type { WeeklyHours } from '../../src/index.ts'
import { spokenWeek } from '../../src/time/spoken-week.ts'

const weeks: Record<string, [WeeklyHours, string]> = {
  'of an office': [
    { 'mon-thu': '08:00-18:00', fri: '08:00-16:00' },
    'Monday to Thursday 8 AM to 6 PM, Friday 8 AM to 4 PM, closed on Saturday and Sunday',
  ],
  'with lunch breaks': [
    { 'mon-fri': '09:00-12:00, 13:00-17:30', sat: '10:00-13:00' },
    'Monday to Friday 9 AM to 12 PM and 1 PM to 5:30 PM, Saturday 10 AM to 1 PM, closed on Sunday',
  ],
  'of a bar': [
    { 'wed-thu': '18:00-24:00', 'fri-sat': '18:00-02:00' },
    'Wednesday and Thursday 6 PM to midnight, Friday and Saturday 6 PM to 2 AM the next day, closed on Monday, Tuesday and Sunday',
  ],
  'with one day': [{ wed: '09:00-12:00' }, 'Wednesday 9 AM to 12 PM, closed on all other days'],
  'in which days of the same hours are apart': [
    { mon: '09:00-17:00', wed: '09:00-17:00', fri: '09:00-17:00', 'sat-sun': '10:00-12:00' },
    'Monday, Wednesday and Friday 9 AM to 5 PM, Saturday and Sunday 10 AM to 12 PM, closed on Tuesday and Thursday',
  ],
  'with a range and a day beside it': [
    { 'mon-wed': '09:00-17:00', fri: '09:00-17:00', thu: '09:00-20:00', sat: 'closed', sun: 'closed' },
    'Monday to Wednesday and Friday 9 AM to 5 PM, Thursday 9 AM to 8 PM, closed on Saturday and Sunday',
  ],
  'whose range goes over the end of the week': [
    { 'fri-mon': '12:00-20:00' },
    'Monday and Friday to Sunday 12 PM to 8 PM, closed on Tuesday to Thursday',
  ],
  'without a closed day': [{ 'mon-sun': '07:00-22:00' }, 'every day 7 AM to 10 PM'],
  'that never ends': [{ 'mon-sun': '00:00-24:00' }, 'every day all day'],
  'with a day and a night': [
    { fri: '00:00-24:00', 'sat-thu': '08:00-20:00' },
    'Monday to Thursday, Saturday and Sunday 8 AM to 8 PM, Friday all day',
  ],
  'without an open day': [{ mon: 'closed' }, 'closed all week'],
}

describe('a week is said', () => {
  it.each(Object.entries(weeks))('%s', (_, [hours, said]) => expect(spokenWeek(hours)).toBe(said))
})
