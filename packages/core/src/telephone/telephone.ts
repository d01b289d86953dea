import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { canonical, MOST_NUMBER_CHARACTERS } from './canonical.ts'
import { tryE164, type E164 } from './e164.ts'

/** A telephone number with an optional extension. */
export interface Telephone {
  readonly number: E164
  /** Digits to send once the number has answered. */
  readonly extension?: string
}

const MAX_EXTENSION = 10

/** Words for "extension", in several languages. */
const LABEL = String.raw`(?:extensi[oó]n|extn?|xtn|x|#|durchwahl|dw|nebenstelle|apparat|app|poste|interno|interne|int|anexo|ramal|toestel)`
/** Words between label and digits: "the extension number is 22". The point of "no." is one of the marks behind it, in one way only. */
const IS = String.raw`[\s.:=#]*(?:(?:number|no|is|it's)[\s.:=#]+)*`
/** Digits of an extension may be said one by one. */
const DIGITS = String.raw`(\d(?:[\s.-]?\d){0,${MAX_EXTENSION - 1}})`

const labelled = new RegExp(
  String.raw`^(.*?\d)[\s,;()-]*(?:(?:and|then|with|at|the|my|their)\s+)*(?<!\p{L})${LABEL}${IS}${DIGITS}\)?$`,
  'u',
)
/** The extension first: "extension 22 at 415 555 0142". */
const extensionFirst = new RegExp(
  String.raw`^${LABEL}${IS}(\d{1,6})(?:\s*[,;]\s*|\s+(?:at|on|of|behind)\s+)(\D*\d.*)$`,
  'u',
)
const extensionOnly = new RegExp(String.raw`^${LABEL}${IS}${DIGITS}$`, 'u')
/** Words before and after a number. */
const LEAD =
  /^(?:(?:(?:it's|it|that|is|my|the|our|his|her|their|call|ring|phone|reach|me|us|back|on|at|under|number|telephone|mobile|cell|office|work|home)\b)[\s:,]*)+(?=\S)/
const TAIL = /[\s,(]+(?:(?:please|thanks|thank you|mobile|cell|home|work|office)\b[\s).]*)+$/
/** A number as stored in a telephone: each comma, `p` or `w` is a pause. */
const withPause = new RegExp(String.raw`^([^,;]*\d)\s*(?:[,;]+|[pw]+)\s*${DIGITS}$`, 'u')

const ONES = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']
const TEENS = 'ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(' ')
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ')
const NUMERALS: Readonly<Record<string, string>> = {
  oh: '0',
  o: '0',
  plus: '+',
  ...Object.fromEntries(ONES.map((word, digit) => [word, String(digit)])),
  ...Object.fromEntries(TEENS.map((word, index) => [word, String(index + 10)])),
}
const tens = new RegExp(String.raw`\b(${TENS.join('|')})(?:[\s-](${ONES.slice(1).join('|')}))?\b`, 'g')

/** Replaces number words by digits: "double five, twenty-two" is `55, 22`. Returns small letters. */
export const spokenDigits = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(tens, (_all, ten: string, one?: string) => `${TENS.indexOf(ten) + 2}${one ? ONES.indexOf(one) : 0}`)
    .replaceAll(/\b[a-z]+\b/g, (word) => (Object.hasOwn(NUMERALS, word) ? NUMERALS[word]! : word))
    .replaceAll(/\bdouble\s(\d)\b/g, '$1$1')
    .replaceAll(/\btriple\s(\d)\b/g, '$1$1$1')

const tidy = (said: string): string =>
  spokenDigits(said.trim().slice(0, MOST_NUMBER_CHARACTERS)).replace(LEAD, '').replace(TAIL, '').replace(/\.$/, '')

const digitsOf = (text: string | undefined): string => (text ?? '').replaceAll(/\D/g, '')

const numberIn = (text: string, near: E164): E164 | undefined => {
  // Transcripts contain commas for pauses in speech.
  const plain = text
    .replace(/^00\s?(?=[1-9])/, '+')
    .replace(/^tel:/, '')
    .replaceAll(/,\s*/g, ' ')
  // The parser rejects the old form of Mexican mobile numbers, which many people still use.
  const international = plain.startsWith('+') ? canonical(plain.replaceAll(/[\s().-]/g, '')) : undefined
  if (international) return international
  const ours = parsePhoneNumberFromString(near)
  const country = ours?.country
  const parsed = parsePhoneNumberFromString(plain, {
    ...(country === undefined ? {} : { defaultCountry: country }),
    // Numbers without a country, such as the fictional 555-01xx range, still have a calling code.
    ...(country === undefined && ours ? { defaultCallingCode: ours.countryCallingCode } : {}),
    extract: false,
  })
  return parsed?.isPossible() && parsed.ext === undefined ? tryE164(parsed.number) : undefined
}

/**
 * Parses a spoken telephone number, "415 555 0199, extension 22". Without a country code it is taken to be in the country of
 * `near`. Undefined when it is incomplete.
 */
export const spokenTelephone = (said: string, near: E164): Telephone | undefined => {
  const text = tidy(said)
  const [, first, last] = extensionFirst.exec(text) ?? []
  for (const parts of [labelled.exec(text), withPause.exec(text), ['', last, first]]) {
    const number = parts?.[1] === undefined ? undefined : numberIn(parts[1].replace(LEAD, ''), near)
    if (number) return { number, extension: digitsOf(parts?.[2]) }
  }
  const number = numberIn(text, near)
  return number && { number }
}

/** The extension, when only an extension was said; it belongs to the number the caller calls from. */
export const spokenExtension = (said: string): string | undefined =>
  digitsOf(extensionOnly.exec(tidy(said))?.[1]) || undefined

/** Parses a spoken number, "415 555 0199", into E.164 form; undefined when it is incomplete. */
export const spokenNumber = (said: string, near: E164): E164 | undefined => spokenTelephone(said, near)?.number

/** A telephone number in text: `+14155550142 ext. 22`. */
export const telephoneText = ({
  number,
  extension,
}: {
  readonly number: string
  readonly extension?: string | undefined
}): string => (extension === undefined ? number : `${number} ext. ${extension}`)

/**
 * A telephone number as it is said to somebody who called `near`: "(415) 555-0142 ext. 22", without the country code if the
 * country is the same.
 */
export const sayTelephone = ({ number, extension }: Telephone, near: E164): string => {
  const parsed = parsePhoneNumberFromString(number)
  const isNear = parsed?.countryCallingCode === parsePhoneNumberFromString(near)?.countryCallingCode
  const said = isNear ? parsed?.formatNational() : parsed?.formatInternational()
  return telephoneText({ number: said ?? number, extension })
}

/** Parses the form of {@link telephoneText}, also as operators write it: E.164, spaces allowed, perhaps with an extension. */
export const readTelephone = (text: string): Telephone | undefined => {
  if (text.length > MOST_NUMBER_CHARACTERS) return undefined
  const parts = labelled.exec(text.trim().toLowerCase())
  const number = tryE164((parts?.[1] ?? text).replaceAll(/[\s().-]/g, ''))
  return number && { number, ...(parts ? { extension: digitsOf(parts[2]) } : {}) }
}
