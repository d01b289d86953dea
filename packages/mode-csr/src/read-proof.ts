import { DAY_NAMES, monthNamed, spokenDigits } from '@llc-phone/core'
import type { Proof } from './db/records.ts'

/** Names of the proofs of identity, in words. */
export type ProofKind = keyof Proof

/** Highest age of a caller. */
const MAX_AGE_YEARS = 130
/** How long before UTC a day begins in the earliest time zone. */
const FIRST_ZONE_MS = 14 * 3_600_000

const DAY_NAME = new RegExp(`^(?:${DAY_NAMES.join('|')}),? `, 'i')

const isoDate = (year: number, month: number, day: number): string | undefined => {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return isReal && year > 999 ? date.toISOString().slice(0, 10) : undefined
}

/** `05/06/1984` is ambiguous; `17/05/1984` and `05/17/1984` are the same day, and with dots the day comes first. */
const ofNumbers = (first: number, second: number, year: number, between: string): string | undefined => {
  if (between === '.' || first > 12 || first === second) return isoDate(year, second, first)
  return second > 12 ? isoDate(year, first, second) : undefined
}

const readDate = (said: string): string | undefined => {
  const text = said
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[t ]\d\d:\d\d.*$/, '')
    .replace(DAY_NAME, '')
    .replaceAll(/(\d)(st|nd|rd|th)\b/g, '$1')
    .replaceAll(/\b(of|the)\b|,/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  const iso = /^(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})$/.exec(text) ?? /^(\d{4})()(\d\d)(\d\d)$/.exec(text)
  if (iso) return isoDate(Number(iso[1]), Number(iso[3]), Number(iso[4]))
  const numbers = /^(\d{1,2}) ?([-/. ]) ?(\d{1,2}) ?\2 ?(\d{4})$/.exec(text)
  if (numbers) return ofNumbers(Number(numbers[1]), Number(numbers[3]), Number(numbers[4]), numbers[2]!)
  const words = text.split(/[-/. ]+/).filter(Boolean)
  const month = words.map((word) => monthNamed(word)).find((number) => number !== undefined)
  const [one = '', other = '', more] = words.filter((word) => /^\d+$/.test(word))
  if (month === undefined || words.length !== 3 || more !== undefined) return undefined
  const [year, day] = one.length === 4 ? [one, other] : [other, one]
  return year.length === 4 && day !== '' ? isoDate(Number(year), month, Number(day)) : undefined
}

/** The date of birth that was said, as `1984-05-17`; undefined when it cannot be anybody's. */
export const readDateOfBirth = (said: string, now: Date): string | undefined => {
  const date = readDate(said)
  const latest = new Date(now.getTime() + FIRST_ZONE_MS).toISOString().slice(0, 10)
  const isPossible =
    date !== undefined && date <= latest && Number(date.slice(0, 4)) >= now.getUTCFullYear() - MAX_AGE_YEARS
  return isPossible ? date : undefined
}

/** Words that callers and models put before it: "my ZIP code is 94110". */
const POSTCODE_LABEL =
  /^\W*(?:(?:my|the|our|it is|it's) )*(?:(?:zip|post(?:al)?)?[ -]?code|zip|plz)?(?: is)?[:\s]+(?=\w)/

/** Without spaces, hyphens and what a country puts before it with a hyphen: `D-10115`. */
const barePostcode = (text: string): string =>
  spokenDigits(text)
    .replace(POSTCODE_LABEL, '')
    .toUpperCase()
    .replace(/^\W*[A-Z]{1,3}\s?\p{Pd}\s?(?=\d(?:[\s-]?\d){2})/u, '')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')

/** Treats zero and O, one and I as equal: read aloud or from paper, they are confused. */
const compared = (code: string): string => code.replaceAll('O', '0').replaceAll('I', '1')

/** The postcode that was said; undefined when it cannot be one. */
export const readPostcode = (said: string): string | undefined => {
  const bare = barePostcode(said)
  const isShort = bare.length >= 3 && bare.length <= 12
  // With more letters than this it has words in it, such as a town.
  const isWord = /[A-Z]{4}|(?:[A-Z].*){6}/.test(compared(bare))
  return isShort && !isWord && /\d/.test(bare) ? bare : undefined
}

/** What is left without a country or state before it: `DE 10115`, `CA 94110`, `NL 1012 AB`. */
const withoutPlace = (code: string): string => code.replace(/^[A-Z]{1,3}(?=\d{4,}[A-Z]{0,2}$)/, '')

const isZipOf = (short: string, long: string): boolean =>
  /^\d{5}$/.test(short) && /^\d{9}$/.test(long) && long.startsWith(short)

/** Whether two postcodes are one: `94110` is `94110-1234`, `sw1a1aa` is `SW1A 1AA`, and `DE 10115` is `10115`. */
export const isSamePostcode = (one: string, other: string): boolean => {
  const [a, b] = [readPostcode(one), readPostcode(other)]
  if (a === undefined || b === undefined) return false
  const isOne = (x: string, y: string) => compared(x) === compared(y) || isZipOf(x, y) || isZipOf(y, x)
  return isOne(a, b) || isOne(withoutPlace(a), b) || isOne(a, withoutPlace(b))
}

const PIN_LABEL = /^\W*(?:(?:my|the|it is|it's) )*(?:pin|code)?(?: is)?[:\s]+/

/** The PIN that was said, digits only; undefined when it cannot be one. */
export const readPin = (said: string): string | undefined => {
  const digits = spokenDigits(said)
    .replace(PIN_LABEL, '')
    .replaceAll(/[\s.,#*–-]/g, '')
  return /^\d{4,8}$/.test(digits) ? digits : undefined
}

/** Splits the answers into comparable ones and unreadable ones; the latter are asked for again, and are no failed attempt. */
export const readProof = (
  said: Proof,
  now: Date,
): { readonly proof: Proof; readonly unclear: readonly ProofKind[] } => {
  const unclear: ProofKind[] = []
  const read = (kind: ProofKind, parse: (text: string) => string | undefined): string | undefined => {
    const text = said[kind]?.trim()
    if (!text) return undefined
    const value = parse(text)
    if (value === undefined) unclear.push(kind)
    return value
  }
  const proof = {
    dateOfBirth: read('dateOfBirth', (text) => readDateOfBirth(text, now)),
    postcode: read('postcode', readPostcode),
    pin: read('pin', readPin),
  }
  return { proof, unclear }
}
