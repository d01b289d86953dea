/** Lists whose entries have a name of their own, by their path (`*`: any step), and the field that is the name. */
const NAMES: readonly (readonly [path: readonly string[], field: string])[] = [
  [['directory'], 'name'],
  [['answers'], 'question'],
  [['messages'], 'to'],
  [['business', 'closures'], 'from'],
  [['directory', '*', 'absences'], 'from'],
  [['modes', '*', 'choices'], 'route'],
]

/** The name of an entry of the list at a path: a person's, the question of an answer. `undefined` when it has none. */
export const listKey = (path: readonly (string | number)[], entry: unknown): string | undefined => {
  const [, field] =
    NAMES.find(
      ([named]) => named.length === path.length && named.every((step, at) => step === '*' || step === path[at]),
    ) ?? []
  if (field === undefined || typeof entry !== 'object' || entry === null || !Object.hasOwn(entry, field))
    return undefined
  const name = (entry as Record<string, unknown>)[field]
  return typeof name === 'string' ? name : undefined
}

/** The entries of a list by their names; `undefined` when one has none, or two have the same. */
export const byKey = (path: readonly (string | number)[], list: unknown): ReadonlyMap<string, unknown> | undefined => {
  if (!Array.isArray(list)) return undefined
  const entries = new Map<string, unknown>()
  for (const entry of list) {
    const name = listKey(path, entry)
    if (name === undefined || entries.has(name)) return undefined
    entries.set(name, entry)
  }
  return entries
}
