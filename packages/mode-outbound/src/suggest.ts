import { nearestName } from '@llc-phone/core'

/** The word that was probably meant, as ` Did you mean "survey"?`; empty when none is near. */
export const didYouMean = (written: string, words: readonly string[]): string => {
  const meant = nearestName(written, words)
  return meant === undefined ? '' : ` Did you mean "${meant}"?`
}
