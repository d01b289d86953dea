/** Text in which nothing is left that cannot be seen, and that cannot be taken for more than one line. */
export const oneLine = (text: string): string => text.replaceAll(/[\p{C}\p{Z}\s]+/gu, ' ').trim()

/** Foreign text as it may stand in a prompt: one line, no headings, no markup, at most `maxLength` characters. */
export const plainText = (text: string, maxLength: number): string =>
  oneLine(text.normalize('NFKC').replaceAll(/[#*_`<>{}[\]|\\"]/g, ' '))
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
