import { parseDigits } from 'libphonenumber-js'
import { canonical } from './canonical.ts'
import type { E164 } from './e164.ts'

/** Longer addresses are ignored. */
const MAX_LENGTH = 512

/** A North American number of ten digits, perhaps with the country code. */
const NORTH_AMERICAN = /^1?([2-9]\d{2}[2-9]\d{6})$/

const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The display name before an address. The caller chooses it, and it may look like another address. */
const DISPLAY_NAME = /^\s*(?:"(?:[^"\\]|\\.)*"\s*(?=<)|[^"<>@]*(?=<))/s

/** Converts digits of other scripts and typographic dashes, and removes invisible characters. */
const toPlainCharacters = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/\p{Nd}/gu, (digit) => parseDigits(digit))
    .replaceAll(/\p{Pd}/gu, '-')
    .replaceAll(/[\p{Cf}\p{Cc}]/gu, '')

/** The user part of an address with its parameters: of `"Ann" <sip:+14155550199;x=y:secret@carrier;user=phone>` it is `+14155550199;x=y`. */
const userOf = (text: string): string => {
  const named = toPlainCharacters(text).replace(DISPLAY_NAME, '')
  const address = /^<([^<>]*)>/.exec(named)?.[1] ?? named
  const [, scheme = '', rest = ''] = /^\s*(?:(sips?|tel):(?:\/\/)?)?(.*)$/is.exec(address) ?? []
  // More at signs may follow, escaped in the name or after the host.
  const [, user] = /^([^@]*)@/.exec(unescaped(rest)) ?? []
  // A SIP address without a user is a host, and 14.155.55.199 is not a telephone number.
  if (/^sip/i.test(scheme) && user === undefined) return rest.startsWith('+') ? rest : ''
  return (user ?? unescaped(rest)).split(':')[0]!
}

/**
 * The telephone number in the network's description of a party: a number in any spelling that operators use, or a `sip:` or
 * `tel:` address. Undefined without one, or when its country is uncertain. `near` is a number of ours: without a country code,
 * a number is accepted only in North America, where all numbers have the same form.
 *
 * For numbers typed by people use {@link tryE164}, which accepts one spelling only, so that mistakes are noticed.
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
