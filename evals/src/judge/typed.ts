/** Signs that models set as a printer would, and what the patterns of situations are typed with. */
const AS_TYPED: readonly (readonly [RegExp, string])[] = [
  [/[\u2018\u2019\u02BC\u2032]/g, "'"],
  [/[\u201C\u201D\u2033]/g, '"'],
  [/[\u2010-\u2014\u2212]/g, '-'],
  [/[\u00A0\u2007\u2009\u202F]/g, ' '],
]

/** The same words with the signs of a keyboard: "I’m" is "I'm", whoever wrote it. */
export const asTyped = (text: string): string =>
  AS_TYPED.reduce((typed, [signs, sign]) => typed.replaceAll(signs, sign), text)
