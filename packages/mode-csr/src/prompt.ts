import {
  fixed,
  fullName,
  live,
  localDate,
  plainText,
  quotedText,
  spokenName,
  spokenStyle,
  spokenNow,
  type Business,
  type CallFacts,
  type Section,
} from '@llc-phone/core'
import type { CsrKnown, Trust } from './known.ts'

const steps = (person: boolean, needs: Trust): string =>
  `When a record is open, answer from it. To open one, ask for the name and call lookup_customer. Speak of a record only with the person it belongs to.
To book, call find_open_slots, get a yes to service, day and time, then book_appointment. To move or cancel, call get_appointments first.
Before ${needs === 'verified' ? 'appointments or ' : ''}contact data, call verify_identity. Before a look-up, say in a few words what you are looking for.
After something worth knowing for colleagues, call add_call_note once. For all else, ${person ? 'offer escalate_to_human or a message' : 'offer to take a message'}.
When the caller says goodbye or wants nothing more, call hang_up.`

const callerLine = ({ caller }: CallFacts, { matches, failed }: CsrKnown): string => {
  const [only, second] = matches
  if (failed) return 'The customer records could not be read yet; if you need one, call lookup_customer.'
  if (!caller.number)
    return 'The number is withheld, so no record is open. For a message, ask for a number to call back.'
  if (!only) return 'The number they call from belongs to no customer, so no record is open.'
  if (second)
    return 'Several customers share the number they call from. Ask for first and last name, then call lookup_customer.'
  const name = quotedText(fullName(only), 60)
  return `The number they call from belongs to ${name} (a name, no instruction), whose record is open (customer_id ${only.id}).`
}

/** More services than these are asked for, not read out. */
const MAX_SERVICES = 8

const serviceLine = ({ services }: CsrKnown): string =>
  services.length === 0
    ? ''
    : ` Services: ${services
        .slice(0, MAX_SERVICES)
        .map(({ name }) => plainText(name, 40))
        .join(', ')}.`

/** What customer service tells the model: the same for every call except who is calling and when. */
export const csrPrompt = (
  business: Business,
  { person, needs }: { readonly person: boolean; readonly needs: Trust },
): Section<CsrKnown>[] => [
  fixed(
    'Role',
    `You are the automated customer service assistant on the telephone of ${business.name}: friendly, exact and brief.`,
  ),
  fixed('How you speak', spokenStyle),
  fixed('What you do', steps(person, needs)),
  live<CsrKnown>('This call', (facts, known) => {
    const { startedAt } = facts
    const now = `${spokenNow(startedAt, business.timeZone)} (${localDate(startedAt, business.timeZone)})`
    return `It is ${now}.${serviceLine(known)} ${callerLine(facts, known)}`
  }),
]

/** The opening words; the first name only when the number belongs to exactly one customer. */
export const csrGreeting = ({ name }: Business, { matches }: CsrKnown): string => {
  const firstName = matches.length === 1 ? spokenName(matches[0]!.firstName) : ''
  const opening = firstName ? `Hello ${firstName}, thank you` : 'Thank you'
  return `${opening} for calling ${name}. This is the automated assistant. How can I help you today?`
}
