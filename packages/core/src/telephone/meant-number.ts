/** Guesses the E.164 number that an operator meant. In doubt it guesses none, rather than somebody else's number. */
import { parseDigits, parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js'
import { canonical, MOST_NUMBER_CHARACTERS, type E164 } from './canonical.ts'

/** Separators, in typographic forms too. Commas and semicolons are not separators: they mean a pause. */
const SEPARATORS = /[\s\p{Pd}\p{Cf}\p{Ps}\p{Pe}\p{Pi}\p{Pf}./'"_~·•\u2212]+/gu

const LABEL = /^(?:tel|telephone|phone|mobile|fax)?\s*:\s*/i

/** An extension after the number. */
const EXTENSION = /\s*(?:;ext=|[,;]?\s*(?:extension|ext\.?|x|#))\s*\d{1,7}$/i

/** Prefixes of international numbers. */
const MARKER = /^(?:\+|00|011) ?/

/** `555-0142/43` names two numbers. */
const SECOND_NUMBER = /\/\D*\d{0,3}\D*$|\/.*\//

const KEYS = ['abc', 'def', 'ghi', 'jkl', 'mno', 'pqrs', 'tuv', 'wxyz']
const keyOf = (letter: string): string => String(2 + KEYS.findIndex((key) => key.includes(letter.toLowerCase())))

/** Digits with single spaces and perhaps a plus in front; `undefined` when the text is not a number. */
const tidied = (text: string): string | undefined => {
  if (text.length > MOST_NUMBER_CHARACTERS) return undefined
  const plain = text
    .normalize('NFKC')
    .replaceAll(/\p{Nd}/gu, (digit) => parseDigits(digit))
    .trim()
    .replace(LABEL, '')
    .replace(EXTENSION, '')
  if (SECOND_NUMBER.test(plain)) return undefined
  const spaced = plain.replaceAll(SEPARATORS, ' ').trim()
  // A single letter is a typing error, like O for 0; a word after digits is a vanity number, like 1-800-FLOWERS.
  if (/^\+?[\d ]+(?:[a-z] ?){3,}[\d ]*$/i.test(spaced)) return spaced.replaceAll(/[a-z]/gi, keyOf)
  return /^\+?[\d ]+$/.test(spaced) ? spaced : undefined
}

const digitsOf = (text: string): string => text.replaceAll(/\D/g, '')

/** A number with its country code; a trunk zero, as in `+48 (0)12 345 67 89`, is dropped. */
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

/** The same without a plus: a valid number of exactly these digits. */
const withoutPlus = (digits: string): PhoneNumber | undefined => {
  const number = digits.startsWith('0') ? undefined : parsePhoneNumberFromString(`+${digits}`)
  return number?.isValid() && number.number === `+${digits}` ? number : undefined
}

interface Reading {
  readonly number: E164
  /** Written as in that country: with its trunk prefix, or with the country code. */
  readonly isUsual: boolean
  /** As written, or with only a leading zero missing. */
  readonly isLikely: boolean
}

/** A country of our own numbers. */
interface Country {
  readonly callingCode: string
  /** Lengths of our numbers there: a number of the same length is likely to be complete. */
  readonly lengths: readonly number[]
}

const inCountry = (digits: string, { callingCode, lengths }: Country): Reading[] => {
  const withCode = digits.startsWith(callingCode) ? withoutPlus(digits) : undefined
  const readings: Reading[] = withCode ? [{ number: withCode.number as E164, isUsual: true, isLikely: true }] : []
  const number = parsePhoneNumberFromString(digits, { defaultCallingCode: callingCode, extract: false })
  // Some Korean numbers begin with 00, but an operator who writes 00 means another country.
  if (!number?.isPossible() || number.countryCallingCode !== callingCode || digits.startsWith('00')) return readings
  // Fictional numbers are possible but not valid. With a trunk zero that is accepted; without one the length proves
  // nothing, because in some countries almost any length is possible.
  if (!number.isValid() && digits !== `0${number.nationalNumber}`) return readings
  const national = number.formatNational()
  // Formatting without any space means that the number matches no format of the country.
  const isUsual = digitsOf(national) === digits && national !== digits
  // Spreadsheets drop the leading zero. A number without its area code is shorter.
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

/** The number, if all readings agree. */
const onlyReading = (readings: readonly { readonly number: string }[]): E164 | undefined => {
  const [only, second] = new Set(readings.map(({ number }) => number))
  return second === undefined ? (only as E164 | undefined) : undefined
}

/**
 * The E.164 number that was probably meant by one written as it is dialled or printed. `ours` are our own numbers, the most
 * important first; a number without a country code must be in one of their countries. `undefined` in doubt, because a wrong
 * guess would exempt, or call, a stranger.
 */
export const meantE164 = (text: string, ours: readonly string[] = []): E164 | undefined => {
  const written = tidied(text)
  if (written === undefined) return undefined
  const countries = countriesOf(ours)
  const digits = digitsOf(written)

  const byCountry = written.startsWith('+') ? [] : countries.map((country) => inCountry(digits, country))
  const usual = byCountry.map((readings) => readings.filter(({ isUsual }) => isUsual)).find(({ length }) => length > 0)
  if (usual) return onlyReading(usual)
  const national = byCountry.flat()
  if (MARKER.test(written)) {
    const rest = written.replace(MARKER, '')
    // 0011 is Australia's international prefix; after 00 no North American number begins with another 1.
    const abroad = digits.startsWith('0011') ? undefined : international(digitsOf(rest))
    if (!abroad) return onlyReading(national)
    // +202 555 0100 is an Egyptian number to the network, and probably one in Washington to whoever typed it.
    const isSet = rest.split(' ')[0] === abroad.countryCallingCode
    const mistaken = countries
      .flatMap((country) => inCountry(digitsOf(rest), country))
      .some(({ number, isUsual }) => (isUsual || !abroad.isValid()) && number !== abroad.number)
    return mistaken && !isSet ? undefined : (abroad.number as E164)
  }
  // Spreadsheets drop the plus as well: if both readings are numbers, it is ambiguous.
  const abroad = withoutPlus(digits)
  if (countries.length > 0)
    return national.some(({ isLikely }) => isLikely)
      ? onlyReading([...(abroad ? [abroad] : []), ...national])
      : undefined
  // Without a known country: eleven digits that begin with 1 are North American.
  return /^1\d{10}$/.test(digits) ? (abroad?.number as E164 | undefined) : undefined
}

/** The end of a sentence about an invalid number: with the number that was probably meant, or an example. */
export const notE164 = (text: string, ours: readonly string[] = []): string => {
  const meant = meantE164(text, ours)
  return `is not in E.164 form${meant ? `; did you mean ${meant}?` : ', like +14155550100'}`
}
