import type { Proof } from './db/records.ts'

/** What is asked for to prove an identity, in words. */
export type ProofKind = keyof Proof

/** Nobody who calls is older. */
const MAX_AGE_YEARS = 130
/** The day has begun somewhere this long before it begins in UTC. */
const FIRST_ZONE_MS = 14 * 3_600_000

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const DIGITS = new Map(
  ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'].map((word, digit) => [
    word,
    String(digit),
  ]),
).set('oh', '0')

/** Digits that were written as words. */
const inDigits = (said: string): string =>
  said.normalize('NFKC').replaceAll(/\p{L}+/gu, (word) => DIGITS.get(word.toLowerCase()) ?? word)

const isoDate = (year: number, month: number, day: number): string | undefined => {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return isReal && year > 999 ? date.toISOString().slice(0, 10) : undefined
}

const monthNamed = (word: string): number => (/^[a-z]{3,9}$/.test(word) ? MONTHS.indexOf(word.slice(0, 3)) + 1 : 0)

/** `05/06/1984` is two days, and nobody knows which; `17/05/1984` and `05/17/1984` are one, and dots put the day first. */
const ofNumbers = (first: number, second: number, year: number, between: string): string | undefined => {
  if (between === '.' || first > 12 || first === second) return isoDate(year, second, first)
  return second > 12 ? isoDate(year, first, second) : undefined
}

const readDate = (said: string): string | undefined => {
  const text = said
    .normalize('NFKC')
    .toLowerCase()
    .replace(/t\d\d:\d\d.*$/, '')
    .replaceAll(/(\d)(st|nd|rd|th)\b/g, '$1')
    .replaceAll(/\b(of|the)\b|,/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
  const iso = /^(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})$/.exec(text) ?? /^(\d{4})()(\d\d)(\d\d)$/.exec(text)
  if (iso) return isoDate(Number(iso[1]), Number(iso[3]), Number(iso[4]))
  const numbers = /^(\d{1,2}) ?([-/. ]) ?(\d{1,2}) ?\2 ?(\d{4})$/.exec(text)
  if (numbers) return ofNumbers(Number(numbers[1]), Number(numbers[3]), Number(numbers[4]), numbers[2]!)
  const words = text.split(/[-/. ]+/).filter(Boolean)
  const month = words.map((word) => monthNamed(word)).find((number) => number > 0)
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

/** Without spaces, hyphens and what a country puts before it: `D-10115`. */
const barePostcode = (text: string): string =>
  inDigits(text)
    .toUpperCase()
    .replace(/^\s*[A-Z]{1,3}\s?[-–]\s?(?=\d)/, '')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')

/** The postcode that was said; undefined when it cannot be one. */
export const readPostcode = (said: string): string | undefined => {
  const bare = barePostcode(said)
  return /\d/.test(bare) && bare.length >= 3 && bare.length <= 10 ? bare : undefined
}

/** Whether two postcodes are one: `94110` is `94110-1234`, `sw1a1aa` is `SW1A 1AA`, and a zero may be read as an O. */
export const isSamePostcode = (one: string, other: string): boolean => {
  const [a, b] = [one, other].map((text) => readPostcode(text)?.replaceAll('O', '0'))
  if (a === undefined || b === undefined) return false
  const isZip = (short: string, long: string) => /^\d{5}$/.test(short) && /^\d{9}$/.test(long) && long.startsWith(short)
  return a === b || isZip(a, b) || isZip(b, a)
}

/** The PIN that was said, digits only; undefined when it cannot be one. */
export const readPin = (said: string): string | undefined => {
  const digits = inDigits(said).replaceAll(/[\s.,#*–-]/g, '')
  return /^\d{4,8}$/.test(digits) ? digits : undefined
}

/** What can be compared of what was said, and what cannot: that has to be asked for again, and is no wrong try. */
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
