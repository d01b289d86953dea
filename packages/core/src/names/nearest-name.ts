import { editDistance } from './edit-distance.ts'
import { foldedWords } from './fold.ts'

/** Longer names are not compared. */
const MAX_LENGTH = 40

const bare = (text: string): string =>
  foldedWords(text)
    .map(({ short }) => short)
    .join(' ')

/** The most similar name, for a suggestion; `undefined` when none is similar enough. */
export const nearestName = (written: string, names: readonly string[]): string | undefined => {
  if (written.length > MAX_LENGTH) return undefined
  const meant = bare(written)
  const [nearest] = names
    .filter((name) => Math.abs(name.length - written.length) <= Math.max(MAX_LENGTH / 4, name.length / 2))
    .map((name) => ({ name, edits: editDistance(meant, bare(name)) }))
    .filter(({ name, edits }) => edits <= Math.max(2, Math.floor(name.length / 3)))
    .toSorted((one, other) => one.edits - other.edits)
  return nearest?.name
}

/** The suggestion `Did you mean "survey"?`; `undefined` when no name is similar enough. */
export const didYouMean = (written: string, names: readonly string[]): string | undefined => {
  const meant = nearestName(written, names)
  return meant && `Did you mean "${meant}"?`
}
