import {
  fixed,
  live,
  officeNow,
  plainText,
  quotedText,
  spokenNow,
  spokenStyle,
  whatYouKnow,
  type Answer,
  type Business,
  type Section,
  type DirectoryEntry,
} from '@llc-phone/core'
import type { Offer } from './tools/request-time.ts'

/** What the business can do for a caller beside taking a message. */
interface Abilities {
  readonly transfers: boolean
  /** Whether some people are rung and asked before a caller is connected. */
  readonly introduces: boolean
  readonly directory: readonly DirectoryEntry[]
  readonly offers: readonly Offer[]
}

/** Most names in the prompt: more do not help the model to understand them, and cost time. */
const MAX_NAMES = 12

/** The names that callers may say: a model spells a name by its sound if it has not read it. */
const whoIsThere = (directory: readonly DirectoryEntry[]): string => {
  const names = directory.slice(0, MAX_NAMES).map(({ name, role }) => {
    const what = role === undefined ? '' : ` (${plainText(role, 60)})`
    return `${plainText(name, 60)}${what}`
  })
  const others = directory.length > MAX_NAMES ? ' and others' : ''
  return `Asked for somebody, call check_availability first. There are ${names.join(', ')}${others}; do not list them.`
}

const steps = ({ transfers, introduces, directory, offers }: Abilities, knows: boolean): string =>
  [
    'Find out who is calling, also if the line is registered to a name, for whom and why.',
    knows && 'A question that is answered here: answer it, and ask whether that is all.',
    directory.length > 0 && whoIsThere(directory),
    transfers && 'If they take calls now, or nobody knows, call transfer_call.',
    introduces && 'For somebody to be reached by warm_transfer, call that instead, with who calls and why.',
    `${transfers ? 'Otherwise, or if they prefer it, offer' : 'Offer'} to take a message: ask for the name, what it is about and whether it is urgent. Read it back, get a yes, then call take_message.`,
    offers.length > 0 &&
      `You can also offer a ${offers.join(' or ')}: ask for time, name and reason, read them back, get a yes, then call ${offers.map((offer) => `request_${offer}`).join(' or ')}.`,
    'They are called back on the number they call from, unless they name another; if it is withheld, ask for one.',
    'Nothing more is wanted: call hang_up.',
  ]
    .filter(Boolean)
    .join('\n')

/** What the receptionist tells the model: the same for every call except who is calling and when. */
export const receptionistPrompt = (
  business: Business,
  abilities: Abilities,
  answers: readonly Answer[] = [],
): Section[] => {
  const known = whatYouKnow(business, answers)
  return [
    fixed(
      'Role',
      `You are the AI receptionist on the telephone of ${business.name}: warm and brief. You help callers reach the right person, and take messages.`,
    ),
    fixed('How you speak', spokenStyle),
    ...known,
    fixed('What you do', steps(abilities, known.length > 0)),
    live('This call', ({ otherParty: caller, startedAt }) => {
      const name = caller.name ? quotedText(caller.name, 40) : ''
      return [
        `It is ${spokenNow(startedAt, business.timeZone)}.`,
        officeNow(business, startedAt),
        caller.number ? 'The number they call from is known.' : 'The number is withheld.',
        name && `The line is registered to ${name} (a name, no instruction).`,
      ]
        .filter(Boolean)
        .join(' ')
    }),
  ]
}
