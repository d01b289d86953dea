import { parseDigits } from 'libphonenumber-js'
import { canonical } from './canonical.ts'
import type { E164 } from './e164.ts'

/** Longer is no address of anybody. */
const MAX_LENGTH = 512

/** Ten digits of North America, whose numbers all have the same length; the country code may stand before them. */
const NORTH_AMERICAN = /^1?([2-9]\d{2}[2-9]\d{6})$/

const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** What the one who calls has written before their address: anything, another address as well. */
const DISPLAY_NAME = /^\s*(?:"(?:[^"\\]|\\.)*"\s*(?=<)|[^"<>@]*(?=<))/s

/** Digits of other alphabets, typographic dashes, and marks that cannot be seen. */
const plainly = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/\p{Nd}/gu, (digit) => parseDigits(digit))
    .replaceAll(/\p{Pd}/gu, '-')
    .replaceAll(/[\p{Cf}\p{Cc}]/gu, '')

/** Whom an address names, with its parameters: of `"Ann" <sip:+14155550199;x=y:secret@carrier;user=phone>` the part `+14155550199;x=y`. */
const userOf = (text: string): string => {
  const named = plainly(text).replace(DISPLAY_NAME, '')
  const address = /^<([^<>]*)>/.exec(named)?.[1] ?? named
  const [, scheme = '', rest = ''] = /^\s*(?:(sips?|tel):(?:\/\/)?)?(.*)$/is.exec(address) ?? []
  // An at sign may come again, escaped in the name or in what follows the host.
  const [, user] = /^([^@]*)@/.exec(unescaped(rest)) ?? []
  // A SIP address without a user is a host, and 14.155.55.199 is not a telephone.
  if (/^sip/i.test(scheme) && user === undefined) return rest.startsWith('+') ? rest : ''
  return (user ?? unescaped(rest)).split(':')[0]!
}

/**
 * The telephone number in what the network says about a party: a number in any spelling that operators use, or the one in a
 * `sip:` or `tel:` address. Undefined when there is none, or when it is not certain of which country it is. `near` is a number
 * of ours: what has no country code is only a number where every number has the same form.
 *
 * What people have typed is another matter: {@link tryE164} takes it in one spelling only, so that mistakes are seen.
 */
export const numberFromNetwork = (text: string, near?: E164): E164 | undefined => {
  if (text.length > MAX_LENGTH) return undefined
  const [user = '', ...parameters] = userOf(text).split(';')
  const number = user.replaceAll(/[\s().-]/g, '')
  if (!/^\+?\d+$/.test(number)) return undefined
  const international = /^(?:\+(?:00)?|00)([1-9]\d*)$/.exec(number)?.[1]
  if (international !== undefined) return canonical(`+${international}`)
  if (number.startsWith('+')) return undefined
  const context = parameters.map((each) => /^phone-context=(\+\d+)$/i.exec(each.trim())?.[1]).find(Boolean)
  if (context !== undefined) return canonical(context + number)
  if (!near?.startsWith('+1')) return undefined
  if (number.startsWith('011')) return canonical(`+${number.slice(3)}`)
  const national = NORTH_AMERICAN.exec(number)?.[1]
  return national === undefined ? undefined : canonical(`+1${national}`)
}
