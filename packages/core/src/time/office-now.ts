import { oneLine } from '../text/plain-text.ts'
import { closingTime, isOpen, localDate, nextOpening, spokenDayOf, type Business } from './business.ts'
import { closureOn, lastDayOf, type Closure } from './closures.ts'
import { DAY_MS } from './zone-offsets.ts'

const reasonOf = ({ reason }: Closure): string => {
  const words = oneLine((reason ?? '').replaceAll(/[#<>|"]/g, ' '))
  return words === '' ? '' : ` for ${words.replace(/^for\s+/i, '').replace(/\.$/, '')}`
}

/** Whether the office is open, and until or from when, as a prompt says it; empty when its hours are not known. */
export const officeNow = (business: Business, at: Date): string => {
  const { hours, timeZone, closures } = business
  const today = closureOn(closures, localDate(at, timeZone))
  if (!hours && !today) return ''
  if (isOpen(business, at)) {
    const until = closingTime(business, at)
    return `The office is open${until ? ` until ${until}` : ''}.`
  }
  const next = hours && nextOpening(business, at)
  return `The office is closed${today ? ` today${reasonOf(today)}` : ''}${next ? ` and opens ${next}` : ''}.`
}

/** How far ahead callers are told of closed days. */
const COMING_DAYS = 14

const noon = (day: string): Date => new Date(`${day}T12:00:00Z`)

/**
 * The closed days of today and the two weeks ahead, as a prompt says them: "Closed on Thursday, December 24 and Friday for
 * Christmas."; empty when there are none.
 */
export const closedDays = ({ closures = [], timeZone }: Business, at: Date): string => {
  const today = localDate(at, timeZone)
  const last = new Date(Date.parse(today) + COMING_DAYS * DAY_MS).toISOString().slice(0, 10)
  const day = (date: string): string => {
    const said = spokenDayOf(noon(date), noon(today), 'UTC')
    const named = noon(date).toLocaleDateString('en-US', { timeZone: 'UTC', month: 'long', day: 'numeric' })
    return said.includes(named) ? said.replace(/^on /, '') : `${said.replace(/^on /, '')}, ${named}`
  }
  return closures
    .filter((closure) => lastDayOf(closure) >= today && closure.from <= last)
    .toSorted((one, other) => one.from.localeCompare(other.from))
    .map((closure) => {
      const from = closure.from < today ? today : closure.from
      const to = lastDayOf(closure)
      return `Closed ${from === to ? day(from) : `from ${day(from)} to ${day(to)}`}${reasonOf(closure)}.`
    })
    .join(' ')
}
