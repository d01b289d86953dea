import { clockTimesOf, type OpenRange } from '@llc-phone/core'
import { isFields, type Path } from './paths.ts'

/** Something in a document that people have a word for. */
interface Thing {
  /** Its path; `*`: any step. */
  readonly path: readonly string[]
  /** How it is called: `route sales`, `answer "Where can I park?"`. */
  name(key: string, value: unknown): string
  /** Behind the name when it is added. */
  added?(value: unknown): string
  /** Nobody asks which of its fields has changed. */
  readonly isWhole?: true
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `24 Dec – 26 Dec 2026`, `24 Dec 2026`; what is no date, as it stands. */
const dayWords = (from: unknown, to: unknown): string => {
  const [first, last] = [from, to ?? from].map((date) => {
    const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(String(date)) ?? []
    const name = MONTHS[Number(month) - 1]
    return { year, text: name === undefined ? String(date) : `${Number(day)} ${name}` }
  })
  const end = [last!.text, last!.year].filter(Boolean).join(' ')
  if (from === (to ?? from)) return end
  return `${first!.year === last!.year ? first!.text : [first!.text, first!.year].filter(Boolean).join(' ')} – ${end}`
}

const daysOff =
  (verb: string) =>
  (_key: string, value: unknown): string => {
    const { from, to, reason } = isFields(value) ? value : {}
    return `${verb} ${dayWords(from, to)}${typeof reason === 'string' ? ` (${reason})` : ''}`
  }

const kindOf = (value: unknown): string => (isFields(value) && typeof value.kind === 'string' ? ` (${value.kind})` : '')

const THINGS: readonly Thing[] = [
  { path: ['business', 'closures', '*'], name: daysOff('closed'), isWhole: true },
  { path: ['directory', '*', 'absences', '*'], name: daysOff('away'), isWhole: true },
  { path: ['business'], name: () => 'the business' },
  { path: ['routes', '*'], name: (key) => `route ${key}` },
  { path: ['directory', '*'], name: (key) => key, added: () => ' to the directory' },
  { path: ['answers', '*'], name: (key) => `answer "${key}"` },
  { path: ['modes', '*'], name: (key) => key, added: kindOf },
  { path: ['outbound', 'modes', '*'], name: (key) => key, added: kindOf },
  { path: ['tuningProfiles', '*'], name: (key) => `tuning profile ${key}` },
  { path: ['numbers', 'list', '*'], name: (key) => `number ${key}` },
  { path: ['messages', '*'], name: (key) => `messages to ${key}` },
  { path: ['outbound'], name: () => 'outbound calls' },
]

/** Fields that say more in other words. */
const FIELDS: Readonly<Record<string, string>> = {
  'numbers.unknown': 'mode of all other numbers',
  'numbers.fallback': 'fallback route',
}

const matches = ({ path }: Thing, steps: Path): boolean =>
  path.length <= steps.length && path.every((step, at) => step === '*' || step === steps[at])

/** A name of ours in words: `timeZone` is "time zone". */
const plainStep = (step: string | number): string =>
  /^[a-z]+(?:[A-Z][a-z]+)+$/.test(`${step}`)
    ? `${step}`.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : `${step}`

const longestFirst = THINGS.toSorted((one, other) => other.path.length - one.path.length)

/** The thing at exactly this path. */
const thingAt = (path: Path): Thing | undefined =>
  THINGS.find((thing) => thing.path.length === path.length && matches(thing, path))

/** Whether a change within is told as one of the whole. */
export const isWhole = (path: Path): boolean => thingAt(path)?.isWhole === true

/** Whether it has a name of its own: then it is added and removed as one. */
export const isThing = (path: Path): boolean => thingAt(path) !== undefined

/** What stands at a path, in words: `greeting of frontDesk`, `route sales`. `value` is the thing's own, if it is one. */
export const wordsFor = (path: Path, value?: unknown): string => {
  const thing = longestFirst.find((one) => matches(one, path))
  if (!thing) return FIELDS[path.join('.')] ?? path.join('.')
  const name = thing.name(String(path[thing.path.length - 1]), value)
  const steps = path.slice(thing.path.length)
  const field = steps.length === 1 ? plainStep(steps[0]!) : steps.join('.')
  // An absence is somebody's.
  const owner = path[0] === 'directory' && thing.isWhole ? `${path[1]} ` : ''
  // "answer of answer …" says no more.
  return field === '' || name.startsWith(`${field} `) ? `${owner}${name}` : `${field} of ${name}`
}

/** The end of a sentence about something new: ` (receptionist)`. */
export const addedWords = (path: Path, value: unknown): string => thingAt(path)?.added?.(value) ?? ''

/** Longer text is only said to have changed. */
const MOST_SHOWN = 40

const scalarWords = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? `${value}` : undefined

/** A value in words; `undefined` when it is too long or has parts of its own. */
const valueWords = (value: unknown): string | undefined => {
  if (value === undefined) return 'not set'
  const parts = Array.isArray(value) ? value.map((part) => scalarWords(part)) : [scalarWords(value)]
  const text = parts.join(', ') || 'empty'
  return parts.includes(undefined) || text.length > MOST_SHOWN ? undefined : text
}

/** `: closed → open`, or ` changed` for what is too long to show. */
export const changeWords = (before: unknown, after: unknown): string => {
  const [was, is] = [valueWords(before), valueWords(after)]
  if (was !== undefined && is !== undefined && was !== is) return `: ${was} → ${is}`
  return before === undefined ? ' set' : after === undefined ? ' removed' : ' changed'
}

/** The hours of a day: `09:00–12:00, 13:00–17:00`, `closed`. */
export const rangeWords = (ranges: readonly OpenRange[]): string =>
  ranges.map((range) => clockTimesOf(range).join('–')).join(', ') || 'closed'
