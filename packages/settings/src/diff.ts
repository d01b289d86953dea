import { isDeepStrictEqual } from 'node:util'
import { DAY_NAMES, WEEKDAYS, weeklyHoursSchema, weekOf, type WeeklyHours } from '@llc-phone/core'
import { addedWords, changeWords, isThing, isWhole, rangeWords, wordsFor } from './diff-words.ts'
import { byKey } from './keyed-lists.ts'
import { isFields, pathText, type Path } from './paths.ts'

/** One difference between two documents. */
export interface Change {
  /** Where; entries of named lists by their name: `answers."Where can I park?".answer`. */
  readonly path: string
  /** In words of people: `Saturday: closed → 10:00–14:00`. */
  readonly sentence: string
  readonly before?: unknown
  readonly after?: unknown
}

const change = (path: Path, sentence: string, before: unknown, after: unknown): Change => ({
  path: pathText(path),
  sentence,
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
})

/** The order in which days are said. */
const FROM_MONDAY = [1, 2, 3, 4, 5, 6, 0]

const isWeek = (value: unknown): value is WeeklyHours => isFields(value) && weeklyHoursSchema.safeParse(value).success

const weekWords = (hours: WeeklyHours): string =>
  FROM_MONDAY.map((day) => `${DAY_NAMES[day]!} ${rangeWords(weekOf(hours)[day]!)}`)
    .filter((text) => !text.endsWith('closed'))
    .join(', ') || 'closed all week'

/** Opening hours day by day, however they are written. */
const hoursChanges = (path: Path, before: WeeklyHours, after: WeeklyHours): Change[] => {
  const whose = path[0] === 'business' ? '' : ` of ${wordsFor(path.slice(0, 2))}`
  const changes = FROM_MONDAY.flatMap((day) => {
    const [was, is] = [before, after].map((hours) => rangeWords(weekOf(hours)[day]!))
    return was === is ? [] : [change([...path, WEEKDAYS[day]!], `${DAY_NAMES[day]!}${whose}: ${was} → ${is}`, was, is)]
  })
  return changes.length > 0
    ? changes
    : [change(path, `${wordsFor(path)} written differently, with the same meaning`, before, after)]
}

const orderChange = (path: Path, before: readonly string[], after: readonly string[]): Change[] => {
  const [was, is] = [before.filter((name) => after.includes(name)), after.filter((name) => before.includes(name))]
  return isDeepStrictEqual(was, is) ? [] : [change(path, `order of ${path.join('.')} changed`, was, is)]
}

/** Entries by name: those removed, changed, added, and whether the others have changed places. */
const entryChanges = (
  path: Path,
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): Change[] => [
  ...[...new Set([...before.keys(), ...after.keys()])].flatMap((name) =>
    differences([...path, name], before.get(name), after.get(name)),
  ),
  ...orderChange(path, [...before.keys()], [...after.keys()]),
]

/** An absent value counts as empty beside a list or fields, so that what is in them is told one by one. */
const asEmpty = (value: unknown, other: unknown): unknown =>
  value === undefined ? (Array.isArray(other) ? [] : isFields(other) ? {} : undefined) : value

const parts = (path: Path, before: unknown, after: unknown): Change[] => {
  if (path.at(-1) === 'hours') {
    if (isWeek(before) && isWeek(after)) return hoursChanges(path, before, after)
    if (before === undefined && isWeek(after))
      return [change(path, `${wordsFor(path)} set: ${weekWords(after)}`, before, after)]
    if (after === undefined) return []
  }
  const [was, is] = [asEmpty(before, after), asEmpty(after, before)]
  const [entriesBefore, entriesAfter] = [byKey(path, was), byKey(path, is)]
  if (entriesBefore && entriesAfter) return entryChanges(path, entriesBefore, entriesAfter)
  if (!isFields(was) || !isFields(is)) return []
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].flatMap((name) =>
    differences([...path, name], was[name], is[name]),
  )
}

const differences = (path: Path, before: unknown, after: unknown): Change[] => {
  if (isDeepStrictEqual(before, after)) return []
  if (isThing(path)) {
    if (before === undefined)
      return [change(path, `${wordsFor(path, after)} added${addedWords(path, after)}`, before, after)]
    if (after === undefined) return [change(path, `${wordsFor(path, before)} removed`, before, after)]
    if (isWhole(path)) return [change(path, `${wordsFor(path, before)} → ${wordsFor(path, after)}`, before, after)]
  }
  const inside = parts(path, before, after)
  return inside.length > 0
    ? inside
    : [change(path, `${wordsFor(path) || 'the document'}${changeWords(before, after)}`, before, after)]
}

/** Sections that may be left out, and what they are then. */
const withEmptySections = (document: unknown): unknown => {
  if (!isFields(document)) return document
  const { numbers } = document
  return {
    format: 1,
    routes: {},
    directory: [],
    answers: [],
    tuningProfiles: {},
    messages: [],
    ...document,
    ...(isFields(numbers) ? { numbers: { list: {}, ...numbers } } : {}),
  }
}

/**
 * What has changed between two documents, by path and in words; drafts may have mistakes. Empty when they say the same: a section
 * that is left out is an empty one. The order of routes and of named lists counts, because callers hear it.
 */
export const diffSettings = (before: unknown, after: unknown): Change[] => {
  const [was, is] = [withEmptySections(before), withEmptySections(after)]
  const [routesBefore, routesAfter] = [was, is].map((document) =>
    isFields(document) && isFields(document.routes) ? Object.keys(document.routes) : [],
  )
  return [...differences([], was, is), ...orderChange(['routes'], routesBefore!, routesAfter!)]
}
