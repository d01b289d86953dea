/** The text on one line, without invisible characters. */
export const oneLine = (text: string): string => text.replaceAll(/[\p{C}\p{Z}\s]+/gu, ' ').trim()

/** Text of others, made harmless for a prompt: one line, no headings, no markup, at most `maxLength` characters. */
export const plainText = (text: string, maxLength: number): string =>
  oneLine(text.normalize('NFKC').replaceAll(/[#*_`<>{}[\]|\\"]/g, ' '))
    .slice(0, maxLength)
    .trim()

/**
 * Text of others, such as a name, quoted for a prompt: plain, between quotation marks that it cannot contain. Empty when
 * nothing is left of it.
 */
export const quotedText = (text: string, maxLength: number): string => {
  const plain = plainText(text, maxLength)
  return plain === '' ? '' : `"${plain}"`
}

/** Longer names are not spoken. */
const MAX_NAME_LENGTH = 40
const MAX_NAME_WORDS = 4

/** A name as it may be said aloud; empty when the text does not look like one. */
export const spokenName = (text: string): string => {
  // One character more than allowed, so that a longer text is noticed.
  const name = plainText(text, MAX_NAME_LENGTH + 1)
  const isName =
    name.length <= MAX_NAME_LENGTH &&
    name.split(' ').length <= MAX_NAME_WORDS &&
    /^\p{L}[\p{L}\p{M}'’. -]*$/u.test(name)
  return isName ? name : ''
}
