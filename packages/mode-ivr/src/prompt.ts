import {
  fixed,
  isPerson,
  live,
  officeNow,
  spokenNow,
  spokenStyle,
  whatYouKnow,
  type Answer,
  type Business,
  type Section,
} from '@llc-phone/core'
import { closedNow, type Menu } from './menu.ts'

const menuLine = ({ keys, key, route: { label, when }, synonyms }: Menu['lines'][number]): string => {
  const words = [when, ...synonyms].filter(Boolean).join(', ')
  return `${keys} for ${key}: ${label}${words ? ` (${words})` : ''}`
}

const rules = ({ lines, operator }: Menu, knows: boolean): string => {
  const introduced = lines.filter(({ introduce }) => introduce).map(({ key }) => key)
  const announced = [...introduced, 'callers who ask to be announced'].join(', ')
  return [
    'Words or a key name a destination: call transfer_call, without asking back.',
    lines.some(({ route }) => isPerson(route)) &&
      `For ${announced}: ask who is calling and why, then call warm_transfer instead.`,
    knows && 'A question that is answered here: answer it, and ask whether that is all.',
    'Words meant for you that name no destination: call report_unclear instead of asking yourself.',
    'Asked for the choices: name up to four with their keys, then "or say what it is about".',
    `Asked for a person: choose ${operator ?? 'the closest destination'}.`,
    'Somebody cannot be reached: offer another destination.',
    'Nothing more is wanted: call hang_up.',
  ]
    .filter(Boolean)
    .join('\n')
}

/** What the menu tells the model: the same for every caller except for the hour. */
export const ivrPrompt = (business: Business, menu: Menu, answers: readonly Answer[] = []): Section[] => {
  const known = whatYouKnow(business, answers)
  return [
    fixed(
      'Role',
      `You are the AI assistant on the telephone of ${business.name}. Find out in as few words as possible whom the caller needs, and connect them.`,
    ),
    fixed('How you speak', spokenStyle),
    ...known,
    fixed(
      'Menu',
      `${menu.lines.map(menuLine).join('\n')}
Keys reach you as a message: "The caller pressed 1 on the keypad." Any other key is a mistake: name the choices.`,
    ),
    fixed('What you do', rules(menu, known.length > 0)),
    live('Now', ({ startedAt }) => {
      const closed = closedNow(menu, business, startedAt)
      return [
        `It is ${spokenNow(startedAt, business.timeZone)}.`,
        officeNow(business, startedAt),
        closed.length > 0 && `Closed now: ${closed.join(', ')}.`,
      ]
        .filter(Boolean)
        .join(' ')
    }),
  ]
}
