import { plainWords } from '@llc-phone/core/form'
import type { components } from '../../api/openapi.ts'
import { assistantName } from '../../parts/assistant-name.ts'
import { dayIn, momentText } from '../../parts/moments.ts'

/** What numbers answer as now, as the route gives it. */
export type NumbersNow = components['schemas']['NumbersNow']
/** A change of what a number answers as. */
export type NumberChange = components['schemas']['NumberChange']

const HALF_A_WEEK_MS = 6 * 86_400_000

/** Whether the business is open, and until when: `open until 17:30`, `closed for Christmas, opens Mon 9:00`. */
export const hoursText = ({ isOpen, until, closedFor, timeZone }: NumbersNow['business'], now: number): string => {
  const state = isOpen ? 'open' : closedFor ? `closed for ${closedFor}` : 'closed'
  if (until === undefined) return isOpen ? 'open at all hours' : state
  const isToday = dayIn(timeZone, until) === dayIn(timeZone, now)
  const isSoon = new Date(until).getTime() - now < HALF_A_WEEK_MS
  const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short', timeZone }).format(new Date(until))
  const time = momentText(until, 'time', timeZone)
  const at = isToday ? time : isSoon ? `${weekday} ${time}` : momentText(until, 'both', timeZone)
  return isOpen ? `${state} until ${at}` : `${state}, opens ${at}`
}

/** Where an instance of a number comes from. */
export const SOURCES: Record<NumbersNow['numbers'][number]['source'], string> = {
  settings: 'by the settings',
  stored: 'set by hand',
  unlisted: 'as every other number',
}

/** What a line of the history says: `Front desk → Customer service`. */
export const changeText = ({ previousMode, mode }: Pick<NumberChange, 'previousMode' | 'mode'>): string =>
  [previousMode, mode].map((name) => (name === null ? 'by the settings' : assistantName(name))).join(' → ')

/** A change at Twilio, `voice URL: A → B`, in its parts. */
export const partsOfChange = (text: string): { what: string; before: string; after: string } => {
  const [, what = '', before = '', after = ''] = /^(.*?): (.*?)(?: → (.*))?$/s.exec(text) ?? []
  return { what, before, after }
}

/** An option that calls to one number have of their own, in a few words: `patience 40 s`, `interruptible greeting`. */
export const optionText = (name: string, value: unknown): string => {
  const { silenceMs } = (value ?? {}) as { silenceMs?: unknown }
  if (name === 'patience' && typeof silenceMs === 'number') return `patience ${silenceMs / 1_000} s`
  if (name === 'greetingShield') return value === 'off' ? 'interruptible greeting' : 'greeting not interruptible'
  if ((name === 'voice' || name === 'language') && typeof value === 'string') return `${name} ${value}`
  return plainWords(name).toLowerCase()
}
