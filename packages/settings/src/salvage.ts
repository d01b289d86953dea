import type * as z from 'zod'
import { documentSchema, type SettingsDocument } from './document.ts'
import { isFields, type Path } from './paths.ts'

/** What each round finds may only show once the round before has been cut out. */
const MOST_ROUNDS = 5

/** How much of a path is cut out with what is wrong at its end: an entry, an option, a section; never a part that others need. */
const cutAt = (path: Path): Path | undefined => {
  const [section, second, third] = path
  if (section === 'business') return second === 'name' || second === 'timeZone' ? undefined : path.slice(0, 2)
  if (section === 'numbers') {
    if (second === 'fallback') return path.slice(0, 2)
    if (second !== 'list' || third === undefined) return undefined
    return path[3] === 'mode' ? path.slice(0, 3) : path.slice(0, 4)
  }
  // Whom we call and when is one piece: without a part of it nobody is called.
  if (section === 'outbound') return second === 'modes' && third !== undefined ? path.slice(0, 3) : path.slice(0, 1)
  return path.slice(0, 2)
}

/** Where to cut for an issue; several places for several unknown fields. */
const cutsFor = (issue: z.core.$ZodIssue): readonly (Path | undefined)[] => {
  const path = issue.path as Path
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => cutAt([...path, key])) : [cutAt(path)]
}

/** Cuts a place out of a copy; whether it was there. */
const cut = (document: unknown, path: Path): boolean => {
  const holder = path.slice(0, -1).reduce<unknown>((value, step) => {
    return isFields(value) || Array.isArray(value) ? (value as Record<string | number, unknown>)[step] : undefined
  }, document)
  const last = path.at(-1)!
  if (Array.isArray(holder) && typeof last === 'number') return holder.splice(last, 1).length > 0
  return isFields(holder) && Object.hasOwn(holder, last) && Reflect.deleteProperty(holder, last)
}

/** Later places of a list first, so that the earlier ones stay where they are. */
const fromTheEnd = (one: Path, other: Path): number => Number(other.at(-1)) - Number(one.at(-1)) || 0

/**
 * The document without the entries, options and sections that its schema does not take any more; `undefined` when what is left is
 * none.
 */
export const salvage = (written: unknown): SettingsDocument | undefined => {
  const rest = copyOf(written)
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { data, error } = documentSchema.safeParse(rest)
    if (!error) return data as SettingsDocument
    const cuts = error.issues.flatMap((issue) => cutsFor(issue))
    if (cuts.includes(undefined)) return undefined
    const places = new Map((cuts as Path[]).map((path) => [JSON.stringify(path), path]))
    const done = [...places.values()].toSorted(fromTheEnd).map((path) => cut(rest, path))
    if (!done.includes(true)) return undefined
  }
  return undefined
}

/** A copy, if it is data: what has functions in it was never stored. */
const copyOf = (value: unknown): unknown => {
  try {
    return structuredClone(value)
  } catch {
    return undefined
  }
}
