import { mistake, type Finding } from './findings.ts'
import type { Path } from './paths.ts'

/** Far more than 200 numbers, 50 people and 40 answers take. What is checked delays the audio of live calls. */
const MOST_VALUES = 20_000
const MOST_IN_ONE = 500
const MOST_MODES = 100
const MOST_DEPTH = 30
/** Of one text. Its own limit comes too late: patterns have read the text by then. */
const MOST_CHARACTERS = 20_000

/** Characters that no name or sentence has: a carrier refuses a document with them, and half a pair is no text at all. */
// oxlint-disable-next-line no-control-regex -- these are looked for
const UNSPEAKABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/u

/**
 * What makes a document too large or too deep to be looked at, or a text in it none; `undefined` for every document that people
 * write. Takes some milliseconds at most, whatever the document.
 */
export const unreadable = (document: unknown): Finding | undefined => {
  const waiting: (readonly [value: unknown, path: Path])[] = [[document, []]]
  for (let seen = 0, next = waiting.pop(); next; next = waiting.pop()) {
    const [value, path] = next
    if (++seen > MOST_VALUES) return mistake([], `has more than ${MOST_VALUES} values`)
    if (typeof value === 'string' && value.length > MOST_CHARACTERS)
      return mistake(path, `has more than ${MOST_CHARACTERS} characters`)
    if (typeof value === 'string' && UNSPEAKABLE.test(value)) return mistake(path, 'has a control character')
    if (typeof value !== 'object' || value === null) continue
    if (path.length >= MOST_DEPTH) return mistake(path.slice(0, 2), `is more than ${MOST_DEPTH} levels deep`)
    const entries = Object.entries(value)
    const most = path[0] === 'modes' && path.length === 1 ? MOST_MODES : MOST_IN_ONE
    if (entries.length > most) return mistake(path, `has more than ${most} entries`)
    for (const [key, inner] of entries) {
      if (UNSPEAKABLE.test(key)) return mistake(path, 'has a name with a control character')
      waiting.push([inner, [...path, Array.isArray(value) ? Number(key) : key]])
    }
  }
  return undefined
}
