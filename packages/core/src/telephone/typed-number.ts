import { setImmediate } from 'node:timers/promises'
import { getCountries, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js'
import { canonical, type E164 } from './canonical.ts'
import { meantE164 } from './meant-number.ts'

/** A number as somebody has typed it into a form, understood. */
export interface TypedNumber {
  readonly number: E164
  /** With the spaces of its country: `+1 415 555 0111`. */
  readonly shown: string
  readonly extension?: string
}

/** What the types of the language do not have yet. */
type LocaleWithZones = Intl.Locale & { getTimeZones?(): readonly string[] | undefined }

/** To read the zones of all countries takes 300 ms, in which audio would not move: it pauses after each. */
const readZones = async (): Promise<ReadonlyMap<string, readonly CountryCode[]>> => {
  const zones = new Map<string, CountryCode[]>()
  for (const country of getCountries()) {
    const locale: LocaleWithZones = new Intl.Locale(`und-${country}`)
    for (const zone of locale.getTimeZones?.() ?? []) zones.set(zone, [...(zones.get(zone) ?? []), country])
    // oxlint-disable-next-line no-await-in-loop -- the pauses are the point
    await setImmediate()
  }
  return zones
}

let zones: ReturnType<typeof readZones> | undefined

/** The country whose time zone it is; `undefined` for `UTC` and for zones of several countries. */
const countryOfZone = async (timeZone: string): Promise<CountryCode | undefined> => {
  zones ??= readZones()
  const [country, another] = (await zones).get(timeZone) ?? []
  return another === undefined ? country : undefined
}

/**
 * Understands a number typed as it is dialled at home: "415 555 0111". Its country is that of the time zone of the business;
 * else that of its other numbers, `ours`. `undefined` when it is incomplete, or its country is not known.
 */
export const typedNumber = async (
  text: string,
  at: { timeZone?: string; ours?: readonly string[] },
): Promise<TypedNumber | undefined> => {
  const country = at.timeZone === undefined ? undefined : await countryOfZone(at.timeZone)
  const parsed = parsePhoneNumberFromString(text, { ...(country ? { defaultCountry: country } : {}), extract: false })
  const number = parsed?.isPossible() ? canonical(parsed.number) : meantE164(text, at.ours)
  if (!number) return undefined
  const shown = parsePhoneNumberFromString(number)?.formatInternational() ?? number
  return { number, shown, ...(parsed?.ext === undefined ? {} : { extension: parsed.ext }) }
}
