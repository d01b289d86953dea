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

/** Foreign text as it may stand in a prompt: one line, no headings, no markup, at most `maxLength` characters. */
export const plainText = (text: string, maxLength: number): string =>
  text
    .normalize('NFKC')
    .replaceAll(/[#*_`<>{}[\]|\\"]/g, ' ')
    .replaceAll(/[\p{C}\p{Z}\s]+/gu, ' ')
    .trim()
    .slice(0, maxLength)
    .trim()

/**
 * Text that others have chosen, such as a name, as a prompt quotes it: plain, and between marks that it cannot contain.
 * Empty when nothing is left of it.
 */
export const quotedText = (text: string, maxLength: number): string => {
  const plain = plainText(text, maxLength)
  return plain === '' ? '' : `"${plain}"`
}

/** Longer ones are not said to somebody who has just picked up. */
const MAX_NAME_LENGTH = 40
const MAX_NAME_WORDS = 4

/** A name as it may be said aloud; empty when the text does not look like one. */
export const spokenName = (text: string): string => {
  // One more than it may have, so that what was cut is seen.
  const name = plainText(text, MAX_NAME_LENGTH + 1)
  const isName =
    name.length <= MAX_NAME_LENGTH &&
    name.split(' ').length <= MAX_NAME_WORDS &&
    /^\p{L}[\p{L}\p{M}'’. -]*$/u.test(name)
  return isName ? name : ''
}
