/** What somebody probably meant who has not typed a number in E.164 form. Nothing is better than somebody else's number. */
import { parseDigits, parsePhoneNumberFromString, type PhoneNumber } from 'libphonenumber-js'
import { canonical } from './canonical.ts'
import type { E164 } from './e164.ts'

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

const international = (digits: string): PhoneNumber | undefined => {
  const number = canonical(`+${digits}`)
  return number && parsePhoneNumberFromString(number)
}

interface Reading {
  readonly number: E164
  /** As people of that country write it: with the trunk prefix they dial, or with their country code. */
  readonly isUsual: boolean
}

const inCountry = (digits: string, callingCode: string): Reading[] => {
  const number = parsePhoneNumberFromString(digits, { defaultCallingCode: callingCode, extract: false })
  // Invented numbers, like those of films, are possible and not valid; in North America length alone tells nothing.
  if (!number?.isPossible() || (callingCode === '1' && !number.isValid())) return []
  const isUsual = [digitsOf(number.formatNational()), digitsOf(number.number)].includes(digits)
  return isUsual || number.isValid() ? [{ number: number.number as E164, isUsual }] : []
}

const callingCodesOf = (ours: readonly string[]): string[] => [
  ...new Set(ours.flatMap((number) => parsePhoneNumberFromString(number)?.countryCallingCode ?? [])),
]

/**
 * The number that somebody probably meant who wrote it as it is dialled or printed. `ours` are our own numbers, the most
 * important first: a number without a country is in the country of one of them, or nobody knows where it is. In doubt there
 * is none: a wrong guess would spare, or ring, a stranger.
 */
export const meantE164 = (text: string, ours: readonly string[] = []): E164 | undefined => {
  const written = tidied(text)
  if (written === undefined) return undefined
  const countries = callingCodesOf(ours)
  const nationalOf = (digits: string): Reading[] => countries.flatMap((code) => inCountry(digits, code))

  const national = written.startsWith('+') ? [] : nationalOf(digitsOf(written))
  const usual = national.find(({ isUsual }) => isUsual)
  if (usual) return usual.number
  if (MARKER.test(written)) {
    const rest = written.replace(MARKER, '')
    const abroad = international(digitsOf(rest))
    if (!abroad) return national[0]?.number
    // +202 555 0100 is Egypt to the network and Washington to whoever typed it.
    const isSet = rest.split(' ')[0] === abroad.countryCallingCode
    const mistaken = nationalOf(digitsOf(rest)).some(({ number, isUsual }) => isUsual && number !== abroad.number)
    return mistaken && !isSet ? undefined : (abroad.number as E164)
  }
  // Spreadsheets drop the leading zero.
  const [only, second] = new Set(national.map(({ number }) => number))
  if (only !== undefined && second === undefined) return only
  // Whose country is not known: eleven digits that begin with 1 are North American in every spelling.
  const digits = digitsOf(written)
  return countries.length === 0 && /^1\d{10}$/.test(digits) ? (international(digits)?.number as E164) : undefined
}

/** Why the text is no number for us, as the end of a sentence about it: with what was probably meant, or an example. */
export const notE164 = (text: string, ours: readonly string[] = []): string => {
  const meant = meantE164(text, ours)
  return `is not in E.164 form${meant ? `; did you mean ${meant}?` : ', like +14155550100'}`
}
