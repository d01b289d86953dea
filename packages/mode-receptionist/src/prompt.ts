import {
  fixed,
  isOpen,
  live,
  localTime,
  nextOpening,
  plainText,
  spokenStyle,
  spokenTime,
  type Business,
  type CallFacts,
  type Section,
} from '@llc-phone/core'

/** What the business can do for a caller beside taking a message. */
interface Abilities {
  readonly transfers: boolean
  readonly directory: boolean
}

const steps = ({ transfers, directory }: Abilities): string =>
  [
    'Find out who is calling and what it is about.',
    directory && 'If they ask for somebody, call check_availability before you say anything about them.',
    transfers &&
      'If the person or department can take the call now, say that you are connecting them and call transfer_call.',
    `${transfers ? 'Otherwise, or if they prefer it, offer' : 'Offer'} to take a message: ask for the name, for whom and what it is about, and whether it is urgent. Confirm it in one sentence, say "One moment, I am writing that down", then call take_message.`,
    'The number they call from is the one to call back, unless they name another or it is withheld: then ask for one and repeat it digit by digit.',
    'When the caller says goodbye or wants nothing more, call hang_up.',
  ]
    .filter(Boolean)
    .join('\n')

const openingState = ({ hours, timeZone }: Business, at: Date): string => {
  if (!hours) return ''
  if (isOpen(hours, timeZone, at)) return ' The office is open.'
  const next = nextOpening(hours, timeZone, at)
  return ` The office is closed${next ? ` and opens ${next}` : ''}.`
}

/** What the receptionist tells the model: the same for every call except who is calling and when. */
export const receptionistPrompt = (business: Business, abilities: Abilities): Section[] => [
  fixed(
    'Role',
    `You are the automated receptionist on the telephone of ${business.name}: warm, brief and reliable. You take messages and help callers reach the right person. You know nothing else about the business; for questions you cannot answer, take a message.`,
  ),
  fixed('How you speak', spokenStyle),
  fixed('What you do', steps(abilities)),
  live('This call', ({ caller, startedAt }) => {
    const name = caller.name ? plainText(caller.name, 40) : ''
    return [
      `It is ${spokenTime(startedAt, business.timeZone)}.${openingState(business, startedAt)}`,
      caller.number ? 'The number they call from is known.' : 'The number is withheld.',
      name && `The line is registered to ${name}; ask who is calling all the same.`,
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
