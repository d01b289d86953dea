/** The days of the week as settings name them, from Sunday on as calendars count them. */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

/** A day of the week as settings name it. */
export type Weekday = (typeof WEEKDAYS)[number]

/** The days of the week in words, from Sunday on. */
export const DAY_NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** The number of the month (from 1) that an English word names ("March", "sept"); `undefined` when it names none. */
export const monthNamed = (word: string): number | undefined => {
  const index = /^[a-z]{3,9}$/i.test(word) ? MONTHS.indexOf(word.slice(0, 3).toLowerCase()) : -1
  return index < 0 ? undefined : index + 1
}
