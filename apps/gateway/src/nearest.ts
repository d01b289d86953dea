import { editDistance } from '@llc-phone/core'

/** The name that was probably meant; `undefined` when none is near. */
export const nearest = (wanted: string, names: readonly string[]): string | undefined => {
  const ranked = names
    .map((name) => ({ name, edits: editDistance(wanted.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)
  return ranked[0] && ranked[0].edits <= Math.max(2, wanted.length / 3) ? ranked[0].name : undefined
}
