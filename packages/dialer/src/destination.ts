import { maskNumber, type E164 } from '@llc-phone/core'
import { parsePhoneNumberFromString, type CountryCode, type NumberType, type PhoneNumber } from 'libphonenumber-js/max'
import type { DialingPolicy } from './policy.ts'
import { refusal, type Refusal } from './refusal.ts'

/** Number types that fraudsters earn on, or that ring at an unknown place. */
const EXPENSIVE: ReadonlySet<NumberType> = new Set([
  'PREMIUM_RATE',
  'SHARED_COST',
  'UAN',
  'PERSONAL_NUMBER',
  'PAGER',
] as const)

/** Country codes of no country: international freephone and shared cost, satellites, networks, premium rate. */
const GLOBAL = /^\+(?:800|808|870|878|881|882|883|888|979)/

/** Expensive, though libphonenumber takes them for ordinary: Abkhazia under Russia's code, and 976 exchanges in North America. */
const EXPENSIVE_PREFIX = /^\+(?:7[89]40|1\d{3}976)/

const COUNTRY_CODE = /^\+(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3})/

/** An area code that films and examples use: it rings nowhere. */
const FICTIONAL = /^\+1555/

/** Digits of the area code in North America; elsewhere enough to tell mobile from premium rate. */
const RANGE_DIGITS = 3
const NATIONAL_MAX = 11
const FILLERS = ['2345678901', ...Array.from({ length: 10 }, (_, digit) => String(digit).repeat(10))]

const isExpensive = ({ number, country, type }: { number: string; country?: unknown; type: NumberType }): boolean =>
  GLOBAL.test(number) || EXPENSIVE.has(type) || (country === undefined && type !== undefined)

const findNeighbour = (prefix: string): PhoneNumber | undefined => {
  const countryCode = COUNTRY_CODE.exec(prefix)?.[0] ?? prefix
  let expensive: PhoneNumber | undefined
  for (
    let length = Math.max(prefix.length + 1, countryCode.length + 7);
    length <= countryCode.length + NATIONAL_MAX;
    length++
  )
    for (const filler of FILLERS) {
      const found = parsePhoneNumberFromString(prefix + filler.slice(0, length - prefix.length))
      if (!found?.isValid()) continue
      if (!isExpensive({ number: found.number, country: found.country, type: found.getType() })) return found
      expensive = found
    }
  return expensive
}

/** Cache: trying out numbers takes milliseconds, too long beside live audio to do it for every call. */
const neighbours = new Map<string, PhoneNumber | undefined>()
const NEIGHBOURS_KEPT = 1_000

/** A valid number with this prefix, an inexpensive one if there is any. */
const neighbour = (prefix: string): PhoneNumber | undefined => {
  if (neighbours.has(prefix)) return neighbours.get(prefix)
  if (neighbours.size >= NEIGHBOURS_KEPT) neighbours.clear()
  const found = findNeighbour(prefix)
  neighbours.set(prefix, found)
  return found
}

interface Destination {
  /** One, unless the number does not tell; none for satellites and the like. */
  readonly countries: readonly CountryCode[]
  readonly expensive: boolean
}

/**
 * The country of a number and whether it is expensive. A number that libphonenumber does not know (555-0100 and other
 * fictional ones, or new ranges) is judged by the numbers around it; 25 countries share +1, told apart by the area code only.
 */
const destinationOf = (to: E164): Destination => {
  const number = parsePhoneNumberFromString(to)
  if (!number || GLOBAL.test(to)) return { countries: [], expensive: true }
  if (EXPENSIVE_PREFIX.test(to))
    return { countries: number.country === undefined ? [] : [number.country], expensive: true }
  if (FICTIONAL.test(to)) return { countries: ['US'], expensive: false }
  const type = number.getType()
  if (type !== undefined)
    return {
      countries: number.country === undefined ? [] : [number.country],
      expensive: isExpensive({ number: to, country: number.country, type }),
    }
  const beside = neighbour(to.slice(0, 1 + number.countryCallingCode.length + RANGE_DIGITS))
  const expensive = beside !== undefined && EXPENSIVE.has(beside.getType())
  if (number.country !== undefined) return { countries: [number.country], expensive }
  if (beside?.country !== undefined && number.countryCallingCode === '1')
    return { countries: [beside.country], expensive }
  // The first is the country that the code is known for: GB of GB, GG, IM and JE.
  const possible = number.getPossibleCountries()
  return { countries: number.countryCallingCode === '1' ? possible : possible.slice(0, 1), expensive }
}

/** The countries that the number may belong to; more than one only if its area code does not tell them apart. */
export const countriesOf = (to: E164): readonly CountryCode[] => destinationOf(to).countries

/** Whether the prefix is that of an expensive range, and not of a country that has some. */
const isRange = (prefix: string): boolean => {
  if (GLOBAL.test(prefix) || EXPENSIVE_PREFIX.test(prefix)) return true
  const found = neighbour(prefix)
  return found !== undefined && isExpensive({ number: found.number, country: found.country, type: found.getType() })
}

/** Refuses a number that may not be called at all. `isOurNumber`: calling one of our own numbers would make a loop. */
export const checkDestination = (
  to: E164,
  { countries, allow = [], deny = [] }: DialingPolicy['destinations'],
  isOurNumber: (number: E164) => boolean = () => false,
): Refusal | undefined => {
  const shown = maskNumber(to)
  const refuse = (sentence: string): Refusal => refusal('destination', sentence)
  if (isOurNumber(to)) return refuse(`${shown} is one of the gateway's own numbers.`)
  const denied = deny.find((prefix) => to.startsWith(prefix))
  if (denied !== undefined) return refuse(`Numbers that begin with ${denied} are denied by the policy.`)
  const allowed = allow.filter((prefix) => to.startsWith(prefix))
  const { countries: leadsTo, expensive } = destinationOf(to)
  if (expensive)
    return allowed.some(isRange)
      ? undefined
      : refuse(`${shown} is a premium-rate, shared-cost, personal, pager or satellite number, which is not called.`)
  if (allowed.length > 0) return undefined
  if (leadsTo.length !== 1) return refuse(`The country of ${shown} cannot be told from the number.`)
  return countries.includes(leadsTo[0]!)
    ? undefined
    : refuse(`${shown} is in ${leadsTo[0]}; the policy allows ${countries.join(', ') || 'no country'}.`)
}
