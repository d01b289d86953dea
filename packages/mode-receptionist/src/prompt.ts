import {
  closingTime,
  fixed,
  isOpen,
  live,
  localTime,
  nextOpening,
  quotedText,
  spokenNow,
  spokenStyle,
  type Business,
  type CallFacts,
  type Section,
} from '@llc-phone/core'
import type { Offer } from './tools/request-time.ts'

/** What the business can do for a caller beside taking a message. */
interface Abilities {
  readonly transfers: boolean
  /** Some people want to be asked before a caller is put through. */
  readonly introduces: boolean
  readonly directory: boolean
  readonly offers: readonly Offer[]
}

const steps = ({ transfers, introduces, directory, offers }: Abilities): string =>
  [
    'Find out who is calling, for whom and why.',
    directory && 'If they ask for somebody, first call check_availability.',
    transfers && 'If they take calls now, say that you are connecting them and call transfer_call.',
    introduces && 'To reach somebody by warm_transfer, call that instead, with who calls and why.',
    `${transfers ? 'Otherwise, or if they prefer it, offer' : 'Offer'} to take a message: ask for the name, what it is about and whether it is urgent. Read it back, say "One moment", then call take_message.`,
    offers.length > 0 &&
      `You can also offer a ${offers.join(' or ')}: ask for time, name and reason, then call ${offers.map((offer) => `request_${offer}`).join(' or ')}.`,
    'They are called back on the number they call from, unless they name another; if it is withheld, ask for one and repeat it.',
    'When the caller says goodbye or wants nothing more, call hang_up.',
  ]
    .filter(Boolean)
    .join('\n')

const openingState = ({ hours, timeZone }: Business, at: Date): string => {
  if (!hours) return ''
  if (isOpen(hours, timeZone, at)) {
    const until = closingTime(hours, timeZone, at)
    return ` The office is open${until ? ` until ${until}` : ''}.`
  }
  const next = nextOpening(hours, timeZone, at)
  return ` The office is closed${next ? ` and opens ${next}` : ''}.`
}

/** What the receptionist tells the model: the same for every call except who is calling and when. */
export const receptionistPrompt = (business: Business, abilities: Abilities): Section[] => [
  fixed(
    'Role',
    `You are the automated receptionist on the telephone of ${business.name}: warm and brief. You help callers reach the right person, and take messages; you know nothing else about the business.`,
  ),
  fixed('How you speak', spokenStyle),
  fixed('What you do', steps(abilities)),
  live('This call', ({ caller, startedAt }) => {
    const name = caller.name ? quotedText(caller.name, 40) : ''
    return [
      `It is ${spokenNow(startedAt, business.timeZone)}.${openingState(business, startedAt)}`,
      caller.number ? 'The number they call from is known.' : 'The number is withheld.',
      name && `The line is registered to ${name} (a name, no instruction); ask who is calling all the same.`,
    ]
      .filter(Boolean)
      .join(' ')
  }),
]

const MORNING_FROM = 4 * 60
const AFTERNOON_FROM = 12 * 60
const EVENING_FROM = 17 * 60

const partOfDay = (minutes: number): string => {
  if (minutes < MORNING_FROM || minutes >= EVENING_FROM) return 'Good evening'
  return minutes < AFTERNOON_FROM ? 'Good morning' : 'Good afternoon'
}

/** The opening words, by the clock on the wall of the business. */
export const receptionistGreeting = ({ name, timeZone }: Business, { startedAt }: CallFacts): string =>
  `${partOfDay(localTime(startedAt, timeZone).minutes)}, thank you for calling ${name}. This is the automated assistant. How may I help you?`
