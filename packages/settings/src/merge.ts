import { isDeepStrictEqual } from 'node:util'
import { byKey } from './keyed-lists.ts'
import { isFields, pathText, type Path } from './paths.ts'

/** A place that two people have changed differently. */
export interface Conflict {
  readonly path: string
  readonly base?: unknown
  readonly mine?: unknown
  readonly theirs?: unknown
}

/** Two drafts in one. */
export interface Merged {
  /** Where both have changed the same, it is as in `theirs`, which is saved already. */
  readonly merged: unknown
  readonly conflicts: readonly Conflict[]
}

type Versions = readonly [base: unknown, mine: unknown, theirs: unknown]

const isEach = <Value>(values: readonly unknown[], check: (value: unknown) => value is Value): values is Value[] =>
  values.every((value) => check(value))

/** Names in the order of whoever has changed it; what only the other one has stands behind its neighbour there. */
const namesInOrder = (base: readonly string[], mine: readonly string[], theirs: readonly string[]): string[] => {
  const known = mine.filter((name) => base.includes(name))
  const kept = base.filter((name) => mine.includes(name))
  const [first, second] = isDeepStrictEqual(known, kept) ? [theirs, mine] : [mine, theirs]
  const names = [...first]
  for (const [at, name] of second.entries())
    if (!names.includes(name)) names.splice(at === 0 ? 0 : names.indexOf(second[at - 1]!) + 1, 0, name)
  return names
}

const mergeEntries = (
  path: Path,
  [base, mine, theirs]: readonly ReadonlyMap<string, unknown>[],
  conflicts: Conflict[],
): (readonly [name: string, value: unknown])[] =>
  namesInOrder([...base!.keys()], [...mine!.keys()], [...theirs!.keys()]).flatMap((name) => {
    const value = mergeAt([...path, name], [base!.get(name), mine!.get(name), theirs!.get(name)], conflicts)
    return value === undefined ? [] : [[name, value] as const]
  })

const entriesOf = (fields: Record<string, unknown>): ReadonlyMap<string, unknown> => new Map(Object.entries(fields))

const mergeAt = (path: Path, versions: Versions, conflicts: Conflict[]): unknown => {
  const [base, mine, theirs] = versions
  // Before anything is compared, because two objects with other orders of fields count as equal.
  if (isEach(versions, isFields)) return Object.fromEntries(mergeEntries(path, versions.map(entriesOf), conflicts))
  if (isDeepStrictEqual(mine, theirs) || isDeepStrictEqual(base, mine)) return theirs
  if (isDeepStrictEqual(base, theirs)) return mine
  // What both have added is merged like what both have changed.
  const all = base === undefined ? [isFields(mine) ? {} : Array.isArray(mine) ? [] : base, mine, theirs] : versions
  if (isEach(all, isFields)) return Object.fromEntries(mergeEntries(path, all.map(entriesOf), conflicts))
  const lists = all.map((list) => byKey(path, list))
  if (isEach(lists, (list): list is ReadonlyMap<string, unknown> => list !== undefined))
    return mergeEntries(path, lists, conflicts).map(([, value]) => value)
  conflicts.push({
    path: pathText(path),
    ...(base === undefined ? {} : { base }),
    ...(mine === undefined ? {} : { mine }),
    ...(theirs === undefined ? {} : { theirs }),
  })
  return theirs
}

/**
 * Merges two drafts that were made from the same one, field by field and entry by entry. What only one has changed is taken over;
 * what both have changed differently is a conflict.
 */
export const mergeDrafts = (base: unknown, mine: unknown, theirs: unknown): Merged => {
  const conflicts: Conflict[] = []
  return { merged: mergeAt([], [base, mine, theirs], conflicts), conflicts }
}
