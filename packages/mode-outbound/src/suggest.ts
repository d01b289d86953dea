import { editDistance } from '@llc-phone/core'

/** Of no use to compare: nobody misspells a word that far. */
const MAX_LENGTH = 40

/** The word that was probably meant, as ` Did you mean "survey"?`; empty when none is near. */
export const didYouMean = (written: string, words: readonly string[]): string => {
  if (written.length > MAX_LENGTH) return ''
  const [nearest] = words
    .map((word) => ({ word, far: editDistance(written.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, far }) => far <= Math.max(2, Math.floor(word.length / 3)))
    .toSorted((a, b) => a.far - b.far)
  return nearest ? ` Did you mean "${nearest.word}"?` : ''
}
