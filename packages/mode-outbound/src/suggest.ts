/** How many letters must change to make one word of the other. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    row = next
  }
  return row[b.length]!
}

/** Of no use to compare: nobody misspells a word that far. */
const MAX_LENGTH = 40

/** The word that was probably meant, as ` Did you mean "survey"?`; empty when none is near. */
export const didYouMean = (written: string, words: readonly string[]): string => {
  if (written.length > MAX_LENGTH) return ''
  const [nearest] = words
    .map((word) => ({ word, far: distance(written.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, far }) => far <= Math.max(2, Math.floor(word.length / 3)))
    .toSorted((a, b) => a.far - b.far)
  return nearest ? ` Did you mean "${nearest.word}"?` : ''
}
