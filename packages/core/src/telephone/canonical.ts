import { parsePhoneNumberFromString } from 'libphonenumber-js'

/** A telephone number in E.164 form, e.g. `+14155550100`, checked once at the edge. */
export type E164 = string & { readonly __brand: 'E164' }

/** Far more than any number takes, with extension and words around it. What is longer is none: patterns would read it for minutes. */
export const MOST_NUMBER_CHARACTERS = 200

/** Mexican mobile numbers used to have a 1 after the country code, and many operators still send it. */
const OLD_MEXICAN_MOBILE = /^\+521(?=\d{10}$)/

/** The number as the network dials it: `+44 07700 900123` is `+447700900123`. */
export const canonical = (text: string): E164 | undefined => {
  if (!/^\+[1-9]\d{4,14}$/.test(text)) return undefined
  const number = parsePhoneNumberFromString(text.replace(OLD_MEXICAN_MOBILE, '+52'))
  return number?.isPossible() ? (number.number as E164) : undefined
}
