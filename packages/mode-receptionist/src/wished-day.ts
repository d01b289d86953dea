import {
  localDate,
  monthNamed,
  nextOpeningAt,
  openingOf,
  readWish,
  spokenDate,
  spokenDateTime,
  spokenTime,
  unmetByDate,
  unmetByHours,
  wishedZone,
  zoneName,
  type Business,
  type UnmetWish,
} from '@llc-phone/core'

/** "Maybe 10" and "decide 5" are no dates. */
const MONTH = String.raw`(?<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?`
const DATE = String.raw`(?<date>\d{1,2}(?:st|nd|rd|th)?)\b`
/** "March 3 PM" names no day. */
const NO_TIME = String.raw`(?!\s*(?:[ap]\.?\s?m\b|o.?clock|:\d))`
const YEAR = String.raw`(?:,?\s+(?<year>\d{4}))?`

const DATES = [
  /(?<year>\d{4})-(?<month>\d\d)-(?<date>\d\d)/g,
  new RegExp(String.raw`\b${MONTH}\s+(?:the\s+)?${DATE}${NO_TIME}${YEAR}`, 'gi'),
  new RegExp(String.raw`\b${DATE}\s+(?:of\s+)?${MONTH}${YEAR}`, 'gi'),
]

/** Words after which a date is not the wished one: "any day but December 24". */
const NOT_THE_DAY = /\b(?:not|no|except|but|or|after|before|from|since|until|till|by|between|around)\b|n't/i

/**
 * The day a wish in the caller's own words names, `2026-12-10`; undefined when it names none or more than one thing. A
 * date without a year is the next one.
 */
export const dayIn = (words: string, timeZone: string, now: Date): string | undefined => {
  if (NOT_THE_DAY.test(words)) return undefined
  const [found, another] = DATES.flatMap((pattern) => [...words.matchAll(pattern)]).map(({ groups }) => groups)
  if (!found || another) return undefined
  const { year, month = '', date = '' } = found
  // "If we may 3 o'clock": "may" is the month only with a capital, or with an ordinal day.
  if (month === 'may' && year === undefined && /^\d+$/.test(date)) return undefined
  const number = /^\d/.test(month) ? Number(month) : monthNamed(month)
  const dayOfYear = `${String(number).padStart(2, '0')}-${String(Number.parseInt(date, 10)).padStart(2, '0')}`
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

/** A wish as written in the message, or the reason why it cannot be met, for the model. */
export type ReadTime = { readonly text: string } | { readonly refused: UnmetWish & { readonly [more: string]: string } }

/**
 * Checks a caller's wish against the calendar and the hours of the business, if it names a day. Throws a message for the
 * model about a day that does not exist.
 */
export const readTime = ({ when, at, time_zone }: SaidTime, business: Business, now: Date): ReadTime => {
  const { timeZone, hours } = business
  const zone = wishedZone(time_zone, timeZone)
  const date = at ?? dayIn(when, timeZone, now)
  if (date === undefined) return { text: when }
  const wish = readWish(date, timeZone, zone)
  const byDate = unmetByDate(wish, now)
  const opening = openingOf(business)
  const byHours = byDate ? undefined : unmetByHours(wish, opening, timeZone)
  if (!byDate && !byHours) {
    const isOurs = wish.timeZone === timeZone
    const here = isOurs ? '' : `, ${spokenDateTime(wish.at, timeZone)} ${zoneName(timeZone, wish.at)}`
    return { text: `${when} (${wish.said}${here})` }
  }
  const next = byHours && nextOpeningAt(opening, [timeZone], wish.at)
  return {
    refused: {
      ...(byDate ?? byHours)!,
      ...(next
        ? {
            opens: hours ? spokenTime(next, timeZone, now) : spokenDate(next, timeZone),
            time_zone: zoneName(timeZone, now),
          }
        : {}),
      say: 'Nothing was stored. Say that this cannot be and why, and ask for another time.',
    },
  }
}
