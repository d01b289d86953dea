import {
  fixed,
  live,
  plainText,
  spokenStyle,
  spokenTime,
  type Business,
  type CallFacts,
  type Section,
} from '@llc-phone/core'
import type { CsrKnown } from './known.ts'

const steps = (transfers: boolean): string =>
  `When a record is open, answer from it: for appointments say "Let me check" and call get_appointments. When none is open and you need one, ask for the name and call lookup_customer.
Speak of a record only with the person it belongs to; if the caller is somebody else, take a message.
After something worth knowing for colleagues, call add_call_note once.
You cannot book, move or cancel anything; for that, and for all you cannot answer, ${transfers ? 'offer to connect the caller with transfer_call or ' : ''}offer to take a message. Before take_message, ask for what is missing and confirm it in one sentence.
When the caller says goodbye or wants nothing more, call hang_up.`

const callerLine = ({ caller }: CallFacts, { matches, failed }: CsrKnown): string => {
  const [only, second] = matches
  if (failed) return 'The customer records could not be read yet; if you need one, call lookup_customer.'
  if (!caller.number)
    return 'The number is withheld, so no record can be opened. For a message, ask for a number to call back.'
  if (!only) return 'The number they call from belongs to no customer, so no record can be opened.'
  if (second)
    return 'Several customers share the number they call from. Ask for first and last name, then call lookup_customer.'
  const name = plainText(`${only.firstName} ${only.lastName}`, 60)
  return `The number they call from belongs to ${name}, whose record is open (customer_id ${only.id}).`
}

/** What customer service tells the model: the same for every call except who is calling and when. */
export const csrPrompt = (business: Business, transfers: boolean): Section<CsrKnown>[] => [
  fixed(
    'Role',
    `You are the automated customer service assistant on the telephone of ${business.name}: friendly, exact and brief.`,
  ),
  fixed('How you speak', spokenStyle),
  fixed('What you do', steps(transfers)),
  live<CsrKnown>(
    'This call',
    (facts, known) => `It is ${spokenTime(facts.startedAt, business.timeZone)}. ${callerLine(facts, known)}`,
  ),
]

/** The opening words; the first name only when the number belongs to exactly one customer. */
export const csrGreeting = ({ name }: Business, { matches }: CsrKnown): string => {
  const firstName = matches.length === 1 ? plainText(matches[0]!.firstName, 30) : ''
  const opening = /^\p{L}/u.test(firstName) ? `Hello ${firstName}, thank you` : 'Thank you'
  return `${opening} for calling ${name}. This is the automated assistant. How can I help you today?`
}
