/** Which phrase of a dialogue a line means: the same matcher for what is typed, what is heard, and what `./phone call` says beforehand. */
import type { Dialogue } from '../realtime/dialogue.ts'
import { readClue, type Clue } from './clue.ts'
import { tellingWords, wordsOf } from './words.ts'

/** What a line means; `phrase` is undefined when it is not understood, `nearest` is what comes nearest all the same. */
export interface Understood {
  phrase: string | undefined
  nearest: string | undefined
}

/** How alike the telling words of a line and a phrase have to be where no clue fits (2 × common / all). */
const ALIKE = 0.75
/** And how much more than those of the next phrase. */
const AHEAD = 0.15

interface Known {
  phrase: string
  telling: readonly string[]
  clues: readonly Clue[]
}

const learned = new WeakMap<Dialogue, readonly Known[]>()

/** The phrase of the dialogue that a line means. A line that fits two phrases equally well means neither. */
export function understand(dialogue: Dialogue, line: string): Understood {
  const words = wordsOf(line)
  const known = knownOf(dialogue)
  const text = plain(line)
  const same = known.find((one) => plain(one.phrase) === text)
  if (same) return { phrase: same.phrase, nearest: same.phrase }
  const telling = tellingWords(words)
  const ranked = known
    .map(({ phrase, telling: others }) => ({ phrase, telling: others, likeness: likenessOf(telling, others) }))
    .toSorted((a, b) => b.likeness - a.likeness)
  const [first, second] = ranked
  const nearest = first && first.likeness > 0 ? first.phrase : undefined
  if (!dialogue.paraphrases || words.length === 0) return { phrase: undefined, nearest }

  const clued = known
    .map(({ phrase, clues }) => ({ phrase, explained: Math.max(0, ...clues.map((clue) => clue(words))) }))
    .filter(({ explained }) => explained > 0)
    .toSorted((a, b) => b.explained - a.explained)
  if (clued[0]) {
    const isTied = clued[1]?.explained === clued[0].explained
    return { phrase: isTied ? undefined : clued[0].phrase, nearest: clued[0].phrase }
  }
  const isAlike =
    first !== undefined &&
    first.telling.length > 1 &&
    first.likeness >= ALIKE &&
    first.likeness - (second?.likeness ?? 0) >= AHEAD
  return { phrase: isAlike ? first.phrase : undefined, nearest }
}

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

function knownOf(dialogue: Dialogue): readonly Known[] {
  const before = learned.get(dialogue)
  if (before) return before
  const phrases = [...new Set(dialogue.exchanges.flatMap(({ hears }) => hears))]
  const known = phrases.map((phrase) => {
    const clues = (dialogue.understands[phrase] ?? []).map(readClue)
    return { phrase, telling: tellingWords(wordsOf(phrase)), clues }
  })
  learned.set(dialogue, known)
  return known
}

function likenessOf(one: readonly string[], other: readonly string[]): number {
  const [a, b] = [new Set(one), new Set(other)]
  const common = [...a].filter((word) => b.has(word)).length
  return (2 * common) / (a.size + b.size || 1)
}
