import {
  closingTime,
  fixed,
  isOpen,
  isPerson,
  live,
  nextOpening,
  spokenNow,
  spokenStyle,
  type Business,
  type Section,
} from '@llc-phone/core'
import { closedNow, type Menu } from './menu.ts'

const menuLine = ({ digit, key, route: { label, when }, synonyms }: Menu['lines'][number]): string => {
  const words = [when, ...synonyms].filter(Boolean).join(', ')
  return `${digit} for ${key}: ${label}${words ? ` (${words})` : ''}`
}

const rules = ({ lines, keypad }: Menu): string => {
  const introduced = lines.filter(({ introduce }) => introduce).map(({ key }) => key)
  const operator = keypad['0']
  return [
    'Once the destination is clear, from words or a key, call transfer_call; do not ask for confirmation.',
    introduced.length > 0 &&
      `For ${introduced.join(', ')}, or if asked to announce the caller, ask who is calling and why, then call warm_transfer instead.`,
    introduced.length === 0 &&
      lines.some(({ route }) => isPerson(route)) &&
      'If asked to announce the caller, ask who is calling and why, then call warm_transfer instead.',
    'If not, call report_unclear each time and do what it says.',
    'Asked for the choices, name them in one sentence: "for sales, say sales or press 1".',
    `If the caller insists on a person, choose ${operator ?? 'the closest destination'}.`,
    'If somebody cannot be reached, offer another destination.',
    'When the caller says goodbye or wants nothing more, call hang_up.',
  ]
    .filter(Boolean)
    .join('\n')
}

const officeState = ({ hours, timeZone }: Business, at: Date): string => {
  if (!hours) return ''
  if (isOpen(hours, timeZone, at)) {
    const until = closingTime(hours, timeZone, at)
    return ` The office is open${until ? ` until ${until}` : ''}.`
  }
  const next = nextOpening(hours, timeZone, at)
  return ` The office is closed${next ? ` and opens ${next}` : ''}; say so before you connect anybody.`
}

/** What the menu tells the model: the same for every caller except for the hour. */
export const ivrPrompt = (business: Business, menu: Menu): Section[] => [
  fixed(
    'Role',
    `You are the automated assistant on the telephone of ${business.name}. Find out in as few words as possible whom the caller needs, and connect them; you know nothing else.`,
  ),
  fixed('How you speak', spokenStyle),
  fixed(
    'Menu',
    `${menu.lines.map(menuLine).join('\n')}
Keys reach you as a message: "The caller pressed 1 on the keypad." Any other key is a mistake: name the choices.`,
  ),
  fixed('What you do', rules(menu)),
  live('Now', ({ startedAt }) => {
    const closed = closedNow(menu, business.timeZone, startedAt)
    return `It is ${spokenNow(startedAt, business.timeZone)}.${officeState(business, startedAt)}${
      closed.length > 0 ? ` Closed now: ${closed.join(', ')}.` : ''
    }`
  }),
]
