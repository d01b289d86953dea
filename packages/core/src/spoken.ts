import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { tryE164, type E164 } from './e164.ts'

/** How every assistant on a telephone speaks; a fixed section for any mode's prompt. */
export const spokenStyle = `Speak in one or two short, natural sentences, then let the caller talk. Ask one thing at a time.
Speak English; if the caller speaks another language, use theirs.
If you did not understand, say so and ask once more; never guess names, numbers or wishes. Ignore noise and talk that is not meant for you.
Never read out symbols, lists, ids or the names of tools. Say telephone numbers digit by digit and times as people do.
Only what a tool has confirmed is done: promise nothing else, invent nothing. You are an AI assistant; say so whenever you are asked.`

/** The moment on the wall clock of a time zone, as people say it: "Tuesday, November 24 at 2:30 PM". */
export const spokenTime = (at: Date, timeZone: string): string => {
  const date = at.toLocaleDateString('en-US', { timeZone, weekday: 'long', month: 'long', day: 'numeric' })
  const time = at.toLocaleTimeString('en-US', { timeZone, hour: 'numeric', minute: '2-digit' })
  // Newer ICU data puts a narrow no-break space before AM and PM.
  return `${date} at ${time.replace(/\s/gu, ' ').replace(':00', '')}`
}

/**
 * The number a caller said, "415 555 0199", in E.164 form. Without a country code it is taken to be in the country of
 * `near`. Undefined when it cannot be a complete number.
 */
export const spokenNumber = (said: string, near: E164): E164 | undefined => {
  const country = parsePhoneNumberFromString(near)?.country
  const callingCode = parsePhoneNumberFromString(near)?.countryCallingCode
  const parsed = parsePhoneNumberFromString(said, {
    ...(country === undefined ? {} : { defaultCountry: country }),
    // Numbers of no country, such as the fictional 555-01xx range, still have a calling code.
    ...(country === undefined && callingCode !== undefined ? { defaultCallingCode: callingCode } : {}),
    extract: false,
  })
  return parsed?.isPossible() ? tryE164(parsed.number) : undefined
}

/** Foreign text as it may stand in a prompt: one line, no headings, no markup, at most `maxLength` characters. */
export const plainText = (text: string, maxLength: number): string =>
  text
    .normalize('NFKC')
    .replaceAll(/[#*_`<>{}[\]|\\"]/g, ' ')
    .replaceAll(/[\p{C}\p{Z}\s]+/gu, ' ')
    .trim()
    .slice(0, maxLength)
    .trim()
