import { foldedWords, isSameWord, joinWords, type FoldedWord } from './fold.ts'
import { degrees, doubtfulGenerations, doubtfulTitles, generations, titleParts, titles } from './name-titles.ts'
import { plainText } from '../text/plain-text.ts'

/** First and last name; the last name is empty for somebody with a single name. */
export interface PersonName {
  readonly firstName: string
  readonly lastName: string
}

/** A name parsed for comparison. */
interface ParsedName {
  /** The words without titles, in spoken order, with initials. */
  readonly all: readonly FoldedWord[]
  readonly words: readonly FoldedWord[]
  readonly initials: readonly string[]
  readonly generation: string | undefined
}

/** A word as written, and normalised. */
interface Piece {
  readonly text: string
  readonly word: FoldedWord
}

/** The comma in "KELLER, Anna": last name first. */
const COMMA = /[,،，、;]/u

const pieces = (text: string): Piece[] =>
  text.split(/[\s\u3000]+/u).flatMap((part) => {
    const words = foldedWords(part)
    return words.length === 1 ? [{ text: part, word: words[0]! }] : splitPart(part, words)
  })

/** Splits a name into pieces: "Anna-Maria" and "Sig.ra" stay one, "Dr.Keller" and "J.R." are two. */
const splitPart = (part: string, words: readonly FoldedWord[]): Piece[] => {
  if (titles.has(joinWords(words).short)) return [{ text: part, word: joinWords(words) }]
  const texts = part.match(/[^.·•・]+[.·•・]?/gu) ?? []
  const found = texts.map((text) => ({ text, words: foldedWords(text) })).filter((each) => each.words.length > 0)
  if (found.length > 1) return found.map(({ text, words: those }) => ({ text, word: joinWords(those) }))
  return words.length === 0 ? [] : [{ text: part, word: joinWords(words) }]
}

/** One part of a name between commas, without titles before and after it. */
const withoutTitles = (part: readonly Piece[], isRest: boolean): { kept: readonly Piece[]; generation?: Piece } => {
  let kept = [...part]
  let generation: Piece | undefined
  const least = isRest ? 0 : 1
  for (;;) {
    const last = kept.at(-1)
    const key = last?.word.short ?? ''
    const isGeneration = generation === undefined && generations.has(key)
    const enough = doubtfulGenerations.has(key) ? Math.max(least, 2) : least
    if (!last || !(isGeneration || degrees.has(key)) || kept.length <= enough) break
    if (isGeneration) generation = last
    kept = kept.slice(0, -1)
  }
  let isTitled = false
  for (;;) {
    const first = kept[0]?.word.short ?? ''
    const isTitle = titles.has(first) || (isTitled && titleParts.has(first))
    const takes = isTitle ? kept.length > least : doubtfulTitles.has(first) && kept.length > 2
    if (!takes) break
    isTitled = true
    kept = kept.slice(1)
  }
  return { kept, ...(generation ? { generation } : {}) }
}

/** The pieces of a name in spoken order: of "KELLER, Anna" the first name comes first. */
const arrange = (text: string) => {
  const parts = text
    .replaceAll(/\bPh\.? ?D\b/gi, 'PhD')
    .split(COMMA)
    .map(pieces)
    .filter((part) => part.length > 0)
  const stripped = parts.map((part, at) => withoutTitles(part, at > 0))
  const [head, ...rest] = stripped.map(({ kept }) => kept).filter((kept) => kept.length > 0)
  return {
    given: rest.flat(),
    last: head ?? [],
    generation: stripped.map(({ generation }) => generation).find((each) => each !== undefined),
  }
}

const isInitial = (text: string): boolean => /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]$/u.test(text)

const parseName = (text: string): ParsedName => {
  const { given, last, generation } = arrange(text)
  const all = [...given, ...last].flatMap((piece) => foldedWords(piece.text))
  return {
    all,
    words: all.filter(({ short }) => !isInitial(short)),
    initials: all.filter(({ short }) => isInitial(short)).map(({ short }) => short),
    generation: generation && generations.get(generation.word.short),
  }
}

const differInGeneration = (one: ParsedName, other: ParsedName): boolean =>
  one.generation !== undefined && other.generation !== undefined && one.generation !== other.generation

/** The items of the first list that are not in the second; each of those counts once. */
const without = <Item>(items: readonly Item[], others: readonly Item[], same: (one: Item, other: Item) => boolean) => {
  const left = [...others]
  return items.filter((item) => {
    const at = left.findIndex((other) => same(item, other))
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

const isInitialOf = (word: FoldedWord, initial: string): boolean => word.short.startsWith(initial)

/** O'Brien and D'Annunzio written with a space begin with what looks like an initial. */
const isPrefix = ({ short }: FoldedWord, next: FoldedWord | undefined): boolean =>
  next !== undefined && !isInitial(next.short) && 'odlmn'.includes(short)

/**
 * A name joined into one word, with the positions of its word boundaries, and of those that must match because of an initial:
 * Carl A. Jones is not Carla Jones.
 */
const written = (words: readonly FoldedWord[], how: keyof FoldedWord) => {
  const edges = new Set([0])
  const needed = new Set<number>()
  let text = ''
  for (const [at, word] of words.entries()) {
    const [before, next] = [words[at - 1], words[at + 1]]
    if (isInitial(word.short) && !(before && isInitial(before.short))) needed.add(text.length)
    text += word[how]
    edges.add(text.length)
    if (isInitial(word.short) && !isPrefix(word, next) && !(next && isInitial(next.short))) needed.add(text.length)
  }
  return { text, edges, needed }
}

const isWrittenAs = (one: readonly FoldedWord[], other: readonly FoldedWord[]): boolean =>
  (['short', 'long'] as const).some((how) => {
    const [a, b] = [written(one, how), written(other, how)]
    const keeps = (x: typeof a, y: typeof a) => [...x.needed].every((at) => y.edges.has(at))
    return a.text === b.text && keeps(a, b) && keeps(b, a)
  })

/** Same words in the same order; spaces and hyphens may differ. */
const isSameInOrder = (one: ParsedName, other: ParsedName): boolean =>
  one.all.length > 0 && !differInGeneration(one, other) && isWrittenAs(one.all, other.all)

/** Words of a name that are compared at most, because it happens on the event loop that carries audio. */
const MAX_TURNED = 12

/** All rotations of a list. */
const rotations = <Item>(items: readonly Item[]): Item[][] =>
  items.length > MAX_TURNED ? [] : items.slice(1).map((_, at) => [...items.slice(at + 1), ...items.slice(0, at + 1)])

/** Same words with the last name first; spaces and hyphens may differ: "Kim Min-jun" is Minjun Kim. */
const isSameRotated = (one: ParsedName, other: ParsedName): boolean =>
  one.all.length > 1 &&
  other.all.length > 1 &&
  !differInGeneration(one, other) &&
  (rotations(one.all).some((words) => isWrittenAs(words, other.all)) ||
    rotations(other.all).some((words) => isWrittenAs(words, one.all)))

/**
 * Whether initials on one side are at the position of their full names on the other, and none is the last name: Maria J. Keller
 * is not Julia Maria Keller, and Anna Maria K. may be anybody.
 */
const initialsMatchInPlace = (one: readonly FoldedWord[], other: readonly FoldedWord[]): boolean => {
  const isSame = (words: readonly FoldedWord[]) =>
    words.length === other.length &&
    words.every((word, at) => {
      const [a, b] = [word.short, other[at]!.short]
      return isSameWord(word, other[at]!) || (isInitial(a) && b.startsWith(a)) || (isInitial(b) && a.startsWith(b))
    })
  if (isSame(one)) return isInitial(one.at(-1)!.short) === isInitial(other.at(-1)!.short)
  return [...rotations(one), one.toReversed()].some(isSame)
}

/** Same words in any order; on one side a middle name may be an initial, or its initial missing. */
const isSameInWords = (one: ParsedName, other: ParsedName): boolean => {
  if (differInGeneration(one, other)) return false
  const here = without(one.words, other.words, isSameWord)
  // First and last name are given in full; only middle names are shortened.
  if (one.words.length - here.length < 2) return false
  const there = without(other.words, one.words, isSameWord)
  const initials = without(one.initials, other.initials, Object.is)
  const theirs = without(other.initials, one.initials, Object.is)
  const sparedHere = without(
    initials,
    there.map(({ short }) => short[0]!),
    Object.is,
  )
  const sparedThere = without(
    theirs,
    here.map(({ short }) => short[0]!),
    Object.is,
  )
  const isExplained = (words: readonly FoldedWord[], by: readonly string[], spared: readonly string[]) =>
    words.length === by.length - spared.length
  const unspared = ({ all }: ParsedName, spared: readonly string[]): readonly FoldedWord[] => {
    const gone = all.filter(({ short }) => spared.includes(short))
    return without(all, gone.slice(0, spared.length), Object.is)
  }
  return (
    isExplained(here, theirs, sparedThere) &&
    isExplained(there, initials, sparedHere) &&
    !(sparedHere.length > 0 && sparedThere.length > 0) &&
    (here.length + there.length === 0 || initialsMatchInPlace(unspared(one, sparedHere), unspared(other, sparedThere)))
  )
}

/**
 * Whether two texts name the same person: lenient about form (accents, titles, order, hyphens, an extra initial), strict about
 * the names themselves (a missing or different one is another person).
 *
 * @example
 * isSameName('KELLER, Anna M.', 'Mrs. Anna Keller') // true
 */
export const isSameName = (one: string, other: string): boolean => {
  const [a, b] = [parseName(one), parseName(other)]
  return isSameInOrder(a, b) || isSameInWords(a, b) || isSameRotated(a, b)
}

/** Whether every spoken word is part of the name. */
const isPart = (said: ParsedName, name: ParsedName): boolean => {
  if (differInGeneration(said, name) || said.words.length === 0) return false
  const neighbours = (words: readonly FoldedWord[]) =>
    words.flatMap((word, at) => {
      const next = words[at + 1]
      // An initial is not joined with the next name, unless it is the O of O'Brien.
      const isOne = next && !isInitial(next.short) && (!isInitial(word.short) || isPrefix(word, next))
      return isOne ? [joinWords([word, next])] : []
    })
  const known = [...name.words, ...neighbours(name.all)]
  const isKnown = (word: FoldedWord) => known.some((each) => isSameWord(word, each))
  // The number of words matched so far, each alone or joined with the next one.
  const reached = [true]
  for (const [at, word] of said.words.entries()) {
    if (!reached[at]) continue
    const next = said.words[at + 1]
    if (isKnown(word)) reached[at + 1] = true
    if (next && isKnown(joinWords([word, next]))) reached[at + 2] = true
  }
  const isInitialKnown = (initial: string) =>
    name.initials.includes(initial) || name.words.some((word) => isInitialOf(word, initial))
  return reached[said.words.length] === true && (said.words.length > 1 || said.initials.every(isInitialKnown))
}

/** Whether what was said is a part of the name: "Anna", "Mrs. Keller". */
export const isPartOfName = (said: string, name: string): boolean => isPart(parseName(said), parseName(name))

/** First and last name in one text. */
export const fullName = ({ firstName, lastName }: PersonName): string => `${firstName} ${lastName}`.trim()

/**
 * The people whose name was said. Same names in the same order win over the same words in another order, and both over a part
 * of a name, which counts only with `partly`.
 */
export const findByName = <Person extends PersonName>(
  said: string,
  people: readonly Person[],
  { partly = false }: { readonly partly?: boolean } = {},
): Person[] => {
  const wanted = parseName(said)
  const named = people.map((person) => ({ person, name: parseName(fullName(person)) }))
  for (const fits of [isSameInOrder, isSameInWords, isSameRotated, ...(partly ? [isPart] : [])]) {
    const found = named.filter(({ name }) => fits(wanted, name))
    const sameGeneration = found.filter(({ name }) => name.generation === wanted.generation)
    // "John Smith" means the one without a suffix, if there is one.
    if (found.length > 0) return (sameGeneration.length > 0 ? sameGeneration : found).map(({ person }) => person)
  }
  return []
}

/** A spoken name split for storage, without titles; undefined when there is no name in it. */
export const splitName = (said: string): PersonName | undefined => {
  const { given, last, generation } = arrange(plainText(said, 80))
  const text = (some: readonly Piece[]) => some.map((piece) => piece.text).join(' ')
  const suffix = generation ? [generation] : []
  if (given.length > 0) return { firstName: text(given), lastName: text([...last, ...suffix]) }
  const [first, ...rest] = last
  if (rest.length === 0 && titles.has(first?.word.short ?? '')) return undefined
  return first && { firstName: first.text, lastName: text([...rest, ...suffix]) }
}
