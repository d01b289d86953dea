/** What somebody probably meant who has not typed a number in E.164 form. Nothing is better than somebody else's number. */
import { parseDigits, parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js'
import { canonical, type E164 } from './canonical.ts'

/** Typographic forms are made plain first; a comma or a semicolon is no separator, it means a pause. */
const SEPARATORS = /[\s\p{Pd}\p{Cf}\p{Ps}\p{Pe}\p{Pi}\p{Pf}./'"_~·•\u2212]+/gu

const LABEL = /^(?:tel|telephone|phone|mobile|fax)?\s*:\s*/i

/** Behind the number: it leads to a desk, not to another telephone. */
const EXTENSION = /\s*(?:;ext=|[,;]?\s*(?:extension|ext\.?|x|#))\s*\d{1,7}$/i

/** How somebody begins who dials another country. */
const MARKER = /^(?:\+|00|011) ?/

/** `555-0142/43` names two numbers. */
const SECOND_NUMBER = /\/\D*\d{0,3}\D*$|\/.*\//

const KEYS = ['abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz']
const keyOf = (letter: string): string => String(2 + KEYS.findIndex((key) => key.includes(letter.toLowerCase())))

/** Digits with single spaces, a plus in front at most; `undefined` for what is no number. */
const tidied = (text: string): string | undefined => {
  const plain = text
    .normalize('NFKC')
    .replaceAll(/\p{Nd}/gu, (digit) => parseDigits(digit))
    .trim()
    .replace(LABEL, '')
    .replace(EXTENSION, '')
  if (SECOND_NUMBER.test(plain)) return undefined
  const spaced = plain.replaceAll(SEPARATORS, ' ').trim()
  // A single letter is a slip, like O for 0; a word behind digits is advertising, like 1-800-FLOWERS.
  if (/^\+?[\d ]+(?:[a-z] ?){3,}[\d ]*$/i.test(spaced)) return spaced.replaceAll(/[a-z]/gi, keyOf)
  return /^\+?[\d ]+$/.test(spaced) ? spaced : undefined
}

const digitsOf = (text: string): string => text.replaceAll(/\D/g, '')

/** A number with its country code, as it was written but for a trunk zero: `+48 (0)12 345 67 89` is how some write it. */
const international = (digits: string): PhoneNumber | undefined => {
  const number = canonical(`+${digits}`)
  const parsed = parsePhoneNumberFromString(number ?? `+${digits}`)
  if (!parsed || (number && parsed.isValid())) return parsed
  const code = parsed.countryCallingCode
  const plain = digits.startsWith(`${code}0`)
    ? parsePhoneNumberFromString(`+${code}${digits.slice(code.length + 1)}`)
    : undefined
  return plain?.isValid() ? plain : number && parsed
}

/** The same where no plus was written: a valid number of exactly these digits. */
const withoutPlus = (digits: string): PhoneNumber | undefined => {
  const number = digits.startsWith('0') ? undefined : parsePhoneNumberFromString(`+${digits}`)
  return number?.isValid() && number.number === `+${digits}` ? number : undefined
}

interface Reading {
  readonly number: E164
  /** As people of that country write it: with the trunk prefix they dial, or with their country code. */
  readonly isUsual: boolean
  /** As it is written, or with nothing but a leading zero lost. */
  readonly isLikely: boolean
}

/** A country that numbers of ours are in. */
interface Country {
  readonly callingCode: string
  /** How many digits ours have. Where numbers have no fixed length, others of that length are no better known. */
  readonly lengths: readonly number[]
}

const inCountry = (digits: string, { callingCode, lengths }: Country): Reading[] => {
  const withCode = digits.startsWith(callingCode) ? withoutPlus(digits) : undefined
  const readings: Reading[] = withCode ? [{ number: withCode.number as E164, isUsual: true, isLikely: true }] : []
  const number = parsePhoneNumberFromString(digits, { defaultCallingCode: callingCode, extract: false })
  // Korea has numbers that begin with 00. Whoever writes that means another country.
  if (!number?.isPossible() || number.countryCallingCode !== callingCode || digits.startsWith('00')) return readings
  // Invented numbers, like those of films, are possible and not valid. Where a trunk zero stands before it that will do; else
  // length tells nothing: in some countries almost any number of digits is possible.
  if (!number.isValid() && digits !== `0${number.nationalNumber}`) return readings
  const national = number.formatNational()
  // What is left without any space is of no form that the country has.
  const isUsual = digitsOf(national) === digits && national !== digits
  // Spreadsheets drop the leading zero; people leave out the area code, which makes the number shorter.
  if (isUsual || number.isValid())
    readings.push({ number: number.number as E164, isUsual, isLikely: isUsual || lengths.includes(digits.length) })
  return readings
}

const countriesOf = (ours: readonly string[]): Country[] => {
  const lengths = new Map<string, number[]>()
  for (const number of ours) {
    const parsed = parsePhoneNumberFromString(number)
    if (parsed)
      lengths.set(parsed.countryCallingCode, [
        ...(lengths.get(parsed.countryCallingCode) ?? []),
        parsed.nationalNumber.length,
      ])
  }
  return [...lengths].map(([callingCode, all]) => ({ callingCode, lengths: all }))
}

/** The number that all readings agree on. */
const agreed = (readings: readonly { readonly number: string }[]): E164 | undefined => {
  const [only, second] = new Set(readings.map(({ number }) => number))
  return second === undefined ? (only as E164 | undefined) : undefined
}

/**
 * The number that somebody probably meant who wrote it as it is dialled or printed. `ours` are our own numbers, the most
 * important first: a number without a country is in the country of one of them, or nobody knows where it is. In doubt there
 * is none: a wrong guess would spare, or ring, a stranger.
 */
export const meantE164 = (text: string, ours: readonly string[] = []): E164 | undefined => {
  const written = tidied(text)
  if (written === undefined) return undefined
  const countries = countriesOf(ours)
  const digits = digitsOf(written)

  const byCountry = written.startsWith('+') ? [] : countries.map((country) => inCountry(digits, country))
  const usual = byCountry.map((readings) => readings.filter(({ isUsual }) => isUsual)).find(({ length }) => length > 0)
  if (usual) return agreed(usual)
  const national = byCountry.flat()
  if (MARKER.test(written)) {
    const rest = written.replace(MARKER, '')
    // 0011 is how Australia dials other countries, and after 00 no number of North America begins with another 1.
    const abroad = digits.startsWith('0011') ? undefined : international(digitsOf(rest))
    if (!abroad) return agreed(national)
    // +202 555 0100 is Egypt to the network and Washington to whoever typed it.
    const isSet = rest.split(' ')[0] === abroad.countryCallingCode
    const mistaken = countries
      .flatMap((country) => inCountry(digitsOf(rest), country))
      .some(({ number, isUsual }) => (isUsual || !abroad.isValid()) && number !== abroad.number)
    return mistaken && !isSet ? undefined : (abroad.number as E164)
  }
  // Spreadsheets drop the plus as well: where both make a number, nobody knows which it was.
  const abroad = withoutPlus(digits)
  if (countries.length > 0)
    return national.some(({ isLikely }) => isLikely) ? agreed([...(abroad ? [abroad] : []), ...national]) : undefined
  // Whose country is not known: eleven digits that begin with 1 are North American in every spelling.
  return /^1\d{10}$/.test(digits) ? (abroad?.number as E164 | undefined) : undefined
}

/** Why the text is no number for us, as the end of a sentence about it: with what was probably meant, or an example. */
export const notE164 = (text: string, ours: readonly string[] = []): string => {
  const meant = meantE164(text, ours)
  return `is not in E.164 form${meant ? `; did you mean ${meant}?` : ', like +14155550100'}`
}
