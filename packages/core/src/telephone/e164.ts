import { canonical, type E164 } from './canonical.ts'
import { GatewayError } from '../errors.ts'
import { meantE164 } from './meant-number.ts'

export type { E164 }

/**
 * Returns the number when it has E.164 form and a possible length for its country, otherwise `undefined`. Only one spelling of
 * a number is accepted, because a trunk prefix after the country code would evade every list that contains the number.
 */
export const tryE164 = (text: string): E164 | undefined => {
  const number = canonical(text)
  return number === text ? number : undefined
}

/** Like {@link tryE164}, but throws `phone_number_invalid` with an example. */
export const e164 = (text: string): E164 => {
  const number = tryE164(text)
  if (number !== undefined) return number
  const meant = meantE164(text)
  throw new GatewayError(
    'phone_number_invalid',
    `"${text}" is not a telephone number in E.164 form: ${meant ? `did you mean ${meant}?` : 'write a plus, the country code and the number, like +14155550100.'}`,
  )
}

/** The number masked for logs: `+1415•••0100`. */
export const maskNumber = (number: string): string =>
  number.length < 9 ? '•••' : `${number.slice(0, 5)}•••${number.slice(-4)}`
