import {
  isAmong,
  isOpenAt,
  isPartOfName,
  isSameName,
  nextOpeningAt,
  openingOf,
  spokenDayOf,
  spokenMoment,
  spokenUntil,
  type Business,
  type DirectoryEntry,
} from '@llc-phone/core'

/** Words that do not identify anybody. */
const EMPTY = new Set('the a an my your our dr mr mrs ms miss department'.split(' '))

/** Words beside a name that the directory may not contain. */
const AROUND = new Set(
  'this that doctor prof professor sir madam frau herr please dept team desk office section people person somebody someone anybody anyone staff whoever one who is in at of for from to with about i want would like need speak talk call reach get put me through called named'.split(
    ' ',
  ),
)

/** The matching entries, and how certain the match is. */
export interface FoundEntries {
  readonly entries: readonly DirectoryEntry[]
  /** Whether other words were said too: "Hanna Lopez" is not Ana Lopez, but may be meant. */
  readonly isSure: boolean
}

/**
 * Who is meant by "Dr. Lopez" or "the hygienist": the entry of that name, or those that share the most words with what was
 * asked for.
 */
export const findEntries = (directory: readonly DirectoryEntry[], asked: string): FoundEntries => {
  const named = directory.filter(({ name }) => isSameName(asked, name))
  if (named.length > 0) return { entries: named, isSure: true }
  const said = asked.split(/[^\p{L}\p{M}\p{N}'’]+/u).filter((word) => word !== '' && !EMPTY.has(word.toLowerCase()))
  const scored = directory.map((entry) => {
    const known = said.filter((word) => isAmong(word, `${entry.name} ${entry.role ?? ''}`))
    const isSure = said.every((word) => known.includes(word) || AROUND.has(word.toLowerCase()))
    return { entry, score: known.length, isSure: isSure || isPartOfName(asked, entry.name) }
  })
  const best = Math.max(0, ...scored.map(({ score }) => score))
  const found = best === 0 ? [] : scored.filter(({ score }) => score === best)
  return { entries: found.map(({ entry }) => entry), isSure: found.every(({ isSure }) => isSure) }
}

/** Callers only hear when somebody is back, not why they are away. */
export type Availability =
  | { readonly available: 'now'; readonly until?: string | undefined }
  | { readonly available: 'later'; readonly next: string }
  | { readonly available: 'not_now' }
  /** Without hours it is unknown whether they are in. */
  | { readonly available: 'unknown' }

const isDisturbed = ({ doNotDisturb = false }: DirectoryEntry): boolean => {
  if (typeof doNotDisturb === 'boolean') return doNotDisturb
  // If unknown, count as away: ringing somebody in a meeting is worse than taking a message.
  try {
    const answer: unknown = doNotDisturb()
    if (answer instanceof Promise) answer.catch(() => {})
    return answer !== false
  } catch {
    return true
  }
}

/** The answer when it is unknown when somebody is back. */
export const NOT_KNOWN = 'not known'

/** Whether somebody takes calls at that moment, in words and on the wall clock of the business. */
export const availabilityOf = (entry: DirectoryEntry, business: Business, at: Date): Availability => {
  const { timeZone, closures = [] } = business
  const hours = entry.hours ?? business.hours
  // Of somebody without hours only the days are known.
  const opening = openingOf(
    { closures: [...(entry.openOnClosures ? [] : closures), ...(entry.absences ?? [])] },
    hours ?? 'any',
  )
  if (isOpenAt(opening, timeZone, at)) {
    if (isDisturbed(entry)) return { available: 'not_now' }
    return hours ? { available: 'now', until: spokenUntil(opening, timeZone, at) } : { available: 'unknown' }
  }
  const back = nextOpeningAt(opening, [timeZone], at)
  if (!back) return { available: 'later', next: NOT_KNOWN }
  return { available: 'later', next: hours ? spokenMoment(back, at, timeZone) : spokenDayOf(back, at, timeZone) }
}

/** Whether it is known that they do not take calls at that moment. */
export const isUnavailable = ({ available }: Availability): boolean => available === 'later' || available === 'not_now'
