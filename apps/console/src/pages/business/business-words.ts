import { plainWords } from '@llc-phone/core/form'
import { readPath } from '../../parts/form/values.ts'
import type { Opening } from './draft-store.ts'

/** The parts of the page. */
export const TABS = [
  { key: 'basics', title: 'Basics' },
  { key: 'hours', title: 'Hours' },
  { key: 'people', title: 'People' },
  { key: 'answers', title: 'Answers' },
  { key: 'assistants', title: 'Assistants' },
  { key: 'messages', title: 'Messages' },
  { key: 'outbound', title: 'Outbound' },
  { key: 'versions', title: 'Versions' },
  { key: 'text', title: 'Text' },
] as const

/** The address of the form in which a place of the document stands. */
export const addressOf = (path: string): string => {
  const [section, field, key] = readPath(path)
  const isNumber = section === 'numbers' && field === 'list' && key !== undefined
  return isNumber ? `/numbers/${encodeURIComponent(key)}` : `/business/${tabOf(path)}`
}

const tabOf = (path: string): string => {
  const [section, field] = readPath(path)
  if (section === 'business') return field === 'hours' || field === 'closures' ? 'hours' : 'basics'
  if (section === 'routes' || section === 'directory') return 'people'
  if (section === 'answers' || section === 'messages' || section === 'outbound') return section
  return section === 'modes' || section === 'numbers' || section === 'tuningProfiles' ? 'assistants' : 'text'
}

const SECTIONS: Readonly<Record<string, string>> = {
  business: 'Business',
  routes: 'Departments',
  directory: 'People',
  answers: 'Answers',
  modes: 'Assistants',
  tuningProfiles: 'Profiles',
  numbers: 'Numbers',
  messages: 'Messages',
  outbound: 'Outbound calls',
}

/** Where something stands, for people: `modes.frontDesk.greeting` is "Assistants › Front desk › Greeting". */
export const placeWords = (path: string): string =>
  readPath(path)
    .map((step, at) =>
      at === 0 ? (SECTIONS[step] ?? plainWords(step)) : /^\d+$/.test(step) ? `${Number(step) + 1}` : plainWords(step),
    )
    .join(' › ') || 'The whole'

const dayText = (day: string): string =>
  new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(`${day}T12:00:00Z`),
  )

/** `undefined` for a zone that is still being typed. */
const inZone = (at: Date, form: Intl.DateTimeFormatOptions, timeZone: string | undefined): string | undefined => {
  try {
    return at.toLocaleString(undefined, { ...form, ...(timeZone ? { timeZone } : {}) })
  } catch {
    return undefined
  }
}

/** "open until 17:30 · next closed day 24 Dec", in the zone of the business. */
export const openingWords = ({ open, until, closed, today }: Opening, zone: string | undefined): string => {
  const at = until === undefined ? undefined : new Date(until)
  const isSoon = at !== undefined && at.getTime() - Date.now() < 20 * 3_600_000
  const form: Intl.DateTimeFormatOptions = {
    hour: '2-digit',
    minute: '2-digit',
    ...(isSoon ? {} : { weekday: 'short', day: 'numeric', month: 'short' }),
  }
  const moment = at && (inZone(at, form, zone) ?? inZone(at, form, undefined))
  const now = open
    ? `open${moment ? ` until ${moment}` : ', around the clock'}`
    : `closed${moment ? `, opens ${moment}` : ', and never opens'}`
  if (!closed) return now
  const days = closed.from === closed.to ? dayText(closed.from) : `${dayText(closed.from)} – ${dayText(closed.to)}`
  const why = closed.reason ? ` (${closed.reason})` : ''
  return closed.from <= today ? `${now} · closed ${days}${why}` : `${now} · next closed day ${days}${why}`
}

/** The steps of the first run. */
export const STEPS = [
  {
    key: 'begin',
    title: 'Template to begin with',
    about: 'A template is a business like yours, filled in. Everything in it can be changed.',
  },
  { key: 'name', title: 'Name and time zone', about: 'What callers hear when the telephone is answered.' },
  { key: 'hours', title: 'Hours', about: 'Outside of these nobody is rung, and the assistant says when you are back.' },
  { key: 'people', title: 'People', about: 'Who can be rung when a caller wants a person.' },
  { key: 'greeting', title: 'Greeting and voice', about: 'The first words. Say that it is an assistant who speaks.' },
  {
    key: 'answers',
    title: 'Three answers',
    about: 'What callers ask most. The assistant says nothing about you that does not stand here.',
  },
  { key: 'try', title: 'Try it', about: 'Ring it from this page. Nobody else is rung, and nothing counts.' },
  { key: 'numbers', title: 'Numbers', about: 'Connect your telephone number now, or later.' },
  { key: 'publish', title: 'Publish', about: 'From then on every caller hears it.' },
] as const

/** A step of the first run. */
export type StepKey = (typeof STEPS)[number]['key']
