/** Every byte sequence is valid Windows-1252, so it is detected by words that look like words. */

type Kind = 'lower' | 'upper' | 'other'

const UNUSED = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d])
const UPPER = new Set([0x8a, 0x8c, 0x8e, 0x9f])
const LOWER = new Set([0x83, 0x9a, 0x9c, 0x9e, 0xaa, 0xb5, 0xba])
/** Signs within words: apostrophes, dashes, dots and the soft hyphen. */
const INSIDE = new Set([0x91, 0x92, 0x96, 0x97, 0xa0, 0xad, 0xb4, 0xb7])
/** Characters that letters of other alphabets turn into, and that no word begins with. */
const NEVER_BEFORE_LETTERS = new Set([0xa3, 0xa5, 0xa6, 0xa7, 0xac, 0xaf, 0xb1, 0xb3, 0xb9, 0xbc, 0xbe])
const LOW_QUOTES = new Set([0x82, 0x84])
const SUPERSCRIPTS = new Set([0xb2, 0xb3, 0xb9])

const kindOf = (byte: number): Kind => {
  if (byte < 0x80) {
    if (byte >= 0x61 && byte <= 0x7a) return 'lower'
    return byte >= 0x41 && byte <= 0x5a ? 'upper' : 'other'
  }
  if (UPPER.has(byte) || (byte >= 0xc0 && byte <= 0xde && byte !== 0xd7)) return 'upper'
  return LOWER.has(byte) || (byte >= 0xdf && byte !== 0xf7) ? 'lower' : 'other'
}

const KINDS: readonly Kind[] = Array.from({ length: 256 }, (_, byte) => kindOf(byte))

/** Whether the accented letters and signs of a word occur where West European languages have them. */
export const isLikelyWindows1252 = (bytes: Uint8Array, from = 0, to = bytes.length): boolean => {
  const kindAt = (at: number): Kind => KINDS[bytes[at] ?? 0]!
  const isLetter = (at: number): boolean => kindAt(at) !== 'other'
  let letters = 0
  let run = 0
  for (let at = from; at < to; at++) {
    const byte = bytes[at]!
    if (byte < 0x80) {
      letters = 0
      run = 0
      continue
    }
    if (UNUSED.has(byte) || ++run === 4) return false
    if (isLetter(at)) {
      // Whole words of accented letters are another alphabet.
      if (++letters === 3) return false
      if (kindAt(at) === 'upper' && kindAt(at - 1) === 'lower') return false
      if (byte === 0x9f && kindAt(at + 1) === 'lower') return false
      continue
    }
    letters = 0
    const [before, after] = [isLetter(at - 1), isLetter(at + 1)]
    if (before && after && !INSIDE.has(byte)) return false
    if (after && NEVER_BEFORE_LETTERS.has(byte)) return false
    if (before && LOW_QUOTES.has(byte)) return false
    // m³ and km² are units; Pawe³ was Paweł.
    if (SUPERSCRIPTS.has(byte) && before && isLetter(at - 2) && isLetter(at - 3)) return false
  }
  return true
}
