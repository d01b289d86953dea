import {
  localDate,
  nextOpeningAt,
  readWish,
  spokenDateTime,
  spokenTime,
  unmetByDate,
  unmetByHours,
  weekOf,
  wishedZone,
  zoneName,
  type Business,
  type UnmetWish,
} from '@llc-phone/core'

const MONTHS = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec'
const MONTH = String.raw`(?<month>${MONTHS})[a-z]*\.?`
const DATE = String.raw`(?<date>\d{1,2})(?:st|nd|rd|th)?`
const YEAR = String.raw`(?:,?\s+(?<year>\d{4}))?`

const DATES = [
  /(?<year>\d{4})-(?<month>\d\d)-(?<date>\d\d)/,
  new RegExp(String.raw`\b${MONTH}\s+(?:the\s+)?${DATE}\b${YEAR}`, 'i'),
  new RegExp(String.raw`\b${DATE}\s+(?:of\s+)?${MONTH}${YEAR}`, 'i'),
]

/** Words with which a date is not the wish itself: "any day but December 24". */
const NOT_THE_DAY = /\b(?:not|no|except|but|or|after|before|from|since|until|till|by|between|around)\b|n't/i

/**
 * The day a wish in the caller's own words names, `2026-12-10`; undefined when it names none or more than one thing. A
 * date without a year is the next one.
 */
export const dayIn = (words: string, timeZone: string, now: Date): string | undefined => {
  if (NOT_THE_DAY.test(words)) return undefined
  const found = DATES.map((pattern) => pattern.exec(words)?.groups).find(Boolean)
  if (!found) return undefined
  const { year, month = '', date = '' } = found
  const number = /^\d/.test(month) ? Number(month) : MONTHS.split('|').indexOf(month.toLowerCase()) + 1
  const dayOfYear = `${String(number).padStart(2, '0')}-${date.padStart(2, '0')}`
  if (year !== undefined) return `${year}-${dayOfYear}`
  const today = localDate(now, timeZone)
  const thisYear = Number(today.slice(0, 4))
  return `${today.slice(5) <= dayOfYear ? thisYear : thisYear + 1}-${dayOfYear}`
}

/** What a caller asks for: in their words, and as a date if the model has understood one. */
export interface SaidTime {
  readonly when: string
  readonly at?: string | undefined
  readonly time_zone?: string | undefined
}

/** A wish as the message tells it, or why it cannot be met, for the model. */
export type ReadTime = { readonly text: string } | { readonly refused: UnmetWish & { readonly [more: string]: string } }

/**
 * Holds the time a caller asks for to the calendar and the hours of the business, as far as it names a day. Throws what
 * the model should hear about a day that does not exist.
 */
export const readTime = ({ when, at, time_zone }: SaidTime, { timeZone, hours }: Business, now: Date): ReadTime => {
  const zone = wishedZone(time_zone, timeZone)
  const date = at ?? dayIn(when, timeZone, now)
  if (date === undefined) return { text: when }
  const wish = readWish(date, timeZone, zone)
  const byDate = unmetByDate(wish, now)
  const byHours = byDate || !hours ? undefined : unmetByHours(wish, { week: weekOf(hours) }, timeZone)
  if (!byDate && !byHours) {
    const isOurs = wish.timeZone === timeZone
    const here = isOurs ? '' : `, ${spokenDateTime(wish.at, timeZone)} ${zoneName(timeZone, wish.at)}`
    return { text: `${when} (${wish.said}${here})` }
  }
  const next = byHours && hours && nextOpeningAt({ week: weekOf(hours) }, [timeZone], wish.at)
  return {
    refused: {
      ...(byDate ?? byHours)!,
      ...(next ? { opens: spokenTime(next, timeZone, now), time_zone: zoneName(timeZone, now) } : {}),
      say: 'Nothing was stored. Say that this cannot be and why, and ask for another time.',
    },
  }
}
