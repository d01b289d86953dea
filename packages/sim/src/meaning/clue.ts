/** Clues: what a line has to hold to mean a phrase, such as `bill|charge !cancel`. */
import { FILLERS, wordOf, wordsOf } from './words.ts'

/** How much of a line a clue explains; 0 when it does not fit. */
export type Clue = (words: readonly string[]) => number

const fillers = new Set([...FILLERS].map(wordOf))

/**
 * Reads a clue. Its parts, with spaces between them, must all be in the line, in any order: `a|b` is either, `a_b` is both
 * one after the other, `!a` must not be there, and a last `.` allows nothing else but words such as "please".
 */
export function readClue(text: string): Clue {
  const parts = text.split(' ').filter((part) => part !== '' && part !== '.')
  const wanted = parts.filter((part) => !part.startsWith('!')).map(alternatives)
  const unwanted = parts.filter((part) => part.startsWith('!')).map((part) => alternatives(part.slice(1)))
  const isAll = text.endsWith('.')
  const known = new Set(wanted.flat(2))
  return (words) => {
    if (unwanted.some((one) => found(one, words) > 0)) return 0
    if (isAll && !words.every((word) => known.has(word) || fillers.has(word))) return 0
    let explained = isAll ? 1 : 0
    for (const one of wanted) {
      const length = found(one, words)
      if (length === 0) return 0
      explained += length
    }
    return explained
  }
}

const alternatives = (part: string): string[][] => part.split('|').map((one) => wordsOf(one.replaceAll('_', ' ')))

/** The length of the longest alternative that the line holds. */
const found = (runs: readonly string[][], words: readonly string[]): number =>
  Math.max(0, ...runs.map((run) => (holds(words, run) ? run.length : 0)))

const holds = (words: readonly string[], run: readonly string[]): boolean =>
  words.some((_, at) => run.every((word, index) => words[at + index] === word))
