import { prepareZone } from '@llc-phone/core'

/** Every zone of these countries (ISO codes). */
export const zonesOfCountries = (countries: readonly string[]): readonly string[] => [
  ...new Set(
    countries.flatMap((country) => {
      const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & { getTimeZones?(): string[] | undefined }
      return locale.getTimeZones?.() ?? []
    }),
  ),
]

/** Loads the zones of these countries before calls are live: the first use of a zone takes a millisecond. */
export const prepareZones = (countries: readonly string[], at: Date): void => {
  for (const zone of zonesOfCountries(countries)) prepareZone(zone, at)
}
