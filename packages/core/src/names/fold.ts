/** A word normalised for comparison, in two spellings, because `Müller` is written `Muller` and `Mueller`. */
export interface FoldedWord {
  readonly short: string
  readonly long: string
}

/** Characters used as apostrophes; `O'Brien` is written `OBrien` as well. */
const APOSTROPHES = /['’‘‛ʼʻʹˈ`´′＇׳]/g

/** Letters that Unicode does not decompose: their short and their long spelling. */
const LETTERS: Readonly<Record<string, readonly [string, string]>> = {
  ß: ['ss', 'ss'],
  ø: ['o', 'oe'],
  æ: ['a', 'ae'],
  œ: ['o', 'oe'],
  ł: ['l', 'l'],
  đ: ['d', 'dj'],
  ð: ['d', 'd'],
  þ: ['th', 'th'],
  ħ: ['h', 'h'],
  ŧ: ['t', 't'],
  ŋ: ['n', 'ng'],
  ı: ['i', 'i'],
  ə: ['a', 'e'],
  ɛ: ['e', 'e'],
  ɔ: ['o', 'o'],
  ɓ: ['b', 'b'],
  ɗ: ['d', 'd'],
  ƙ: ['k', 'k'],
  ɨ: ['i', 'i'],
  // Variants of one letter: at the end of a Greek word, and of Persian and Arabic keyboards.
  ς: ['σ', 'σ'],
  ی: ['ي', 'ي'],
  ى: ['ي', 'ي'],
  ک: ['ك', 'ك'],
}
const SPECIAL = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'gu')

/**
 * Removes marks that people leave out: accents, and the vowel signs and long strokes of Hebrew and Arabic. In other scripts
 * marks stay, because they make another letter: `が` is not `か`, `й` not `и`.
 */
const withoutAccents = (text: string): string =>
  text
    .replaceAll('\u0640', '')
    .replaceAll(/([\p{Script=Latin}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}])\p{M}+/gu, '$1')
    .replaceAll('е\u0308', 'е')
    .replaceAll(/(\p{Script=Cyrillic})\u0301/gu, '$1')

/** `ae`, `oe`, `ue` that stand for an umlaut; not those in Michael, Joe, Yuen, Bauer or Jacques. */
const WRITTEN_OUT = /(?<![aeiouyq])([aou])e(?=\p{L}{2})/gu

const spelled = (text: string, which: 0 | 1): string => text.replaceAll(SPECIAL, (letter) => LETTERS[letter]![which])

const foldWord = (word: string): FoldedWord => ({
  short: spelled(withoutAccents(word), 0).replaceAll(WRITTEN_OUT, '$1'),
  long: spelled(withoutAccents(word.replaceAll(/([aou])[\u0308\u030B]/gu, '$1e').replaceAll('a\u030A', 'aa')), 1),
})

/** The words of a text normalised for comparison: without case, accents, apostrophes and punctuation. */
export const foldedWords = (text: string): FoldedWord[] =>
  text
    .replaceAll(APOSTROPHES, '')
    .normalize('NFKD')
    .replaceAll(/\p{Cf}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{M}\p{N}]+/gu)
    ?.map(foldWord) ?? []

/** Whether two words are the same in any spelling. */
export const isSameWord = (one: FoldedWord, other: FoldedWord): boolean =>
  one.short === other.short || one.long === other.long

/** Joins several words into one: `Annamaria`, `田中太郎`. */
export const joinWords = (words: readonly FoldedWord[]): FoldedWord => ({
  short: words.map(({ short }) => short).join(''),
  long: words.map(({ long }) => long).join(''),
})

/** Whether every spoken word occurs in a text, such as the name of a service. */
export const isAmong = (said: string, text: string): boolean => {
  const wanted = foldedWords(said)
  const known = foldedWords(text)
  return wanted.length > 0 && wanted.every((word) => known.some((each) => isSameWord(word, each)))
}

/** Whether two texts are the same words in the same order. */
export const isSameText = (one: string, other: string): boolean => {
  const words = foldedWords(one)
  const others = foldedWords(other)
  return words.length > 0 && words.length === others.length && words.every((word, at) => isSameWord(word, others[at]!))
}
