/** Matches JSON text in bytes, without decoding it: each function takes an index and returns the index after the match. */

/** ASCII text as bytes to compare with. */
export const literal = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0))

/** The index behind `expected`, or -1 when it does not stand at `at`. Beyond the end of `bytes` nothing is equal. */
export const behind = (bytes: Uint8Array, at: number, expected: Uint8Array): number => {
  for (let index = 0; index < expected.length; index++) if (bytes[at + index] !== expected[index]) return -1
  return at + expected.length
}

const alphabetOf = (characters: string): Uint8Array => {
  const table = new Uint8Array(256)
  for (const byte of literal(characters)) table[byte] = 1
  return table
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const DIGITS = '0123456789'
/** Characters of a decimal number. */
export const digits = alphabetOf(DIGITS)
const base64 = alphabetOf(`${LETTERS}${DIGITS}+/`)
const EQUALS = 61
/** Characters of ids as servers make them. JSON writes them unescaped. */
export const idCharacters = alphabetOf(`${LETTERS}${DIGITS}_-.:`)

/** The index of the first byte from `at` on that is not of `alphabet`; the length of `bytes` when there is none. */
export const span = (bytes: Uint8Array, at: number, alphabet: Uint8Array): number => {
  let index = at
  while (index < bytes.length && alphabet[bytes[index]!] === 1) index++
  return index
}

/** The index behind the base64 that begins at `at`, with its padding. None of its characters is written otherwise in JSON. */
export const base64End = (bytes: Uint8Array, at: number): number => {
  let index = span(bytes, at, base64)
  for (let padding = 0; padding < 2 && bytes[index] === EQUALS; padding++) index++
  return index
}
