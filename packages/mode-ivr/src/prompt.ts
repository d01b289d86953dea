import {
  fixed,
  isOpen,
  live,
  nextOpening,
  spokenStyle,
  spokenTime,
  type Business,
  type Route,
  type Routes,
  type Section,
} from '@llc-phone/core'

const menuLine = ([key, { label, when }]: [string, Route], index: number): string =>
  `${index + 1} for ${key}: ${label}${when ? ` (${when})` : ''}`

/** What the menu tells the model: the same for every caller except for the hour. */
export const ivrPrompt = (business: Business, routes: Routes): Section[] => [
  fixed(
    'Role',
    `You are the automated assistant on the telephone of ${business.name}. You find out in as few words as possible whom the caller needs, and connect them. You do not answer questions about anything else.`,
  ),
  fixed('How you speak', spokenStyle),
  fixed(
    'Menu',
    `${Object.entries(routes).map(menuLine).join('\n')}
Pressed keys reach you as a message: "The caller pressed 1 on the keypad." A key that is not in the menu is a mistake: name the choices.`,
  ),
  fixed(
    'What you do',
    `As soon as the destination is clear, from words or a key, call transfer_call at once; do not ask for confirmation.
If it is not clear, ask one short question. If the caller asks for the choices, or is still unclear after that, name all of them in one sentence, with their keys.
If the caller insists on a person, choose the closest destination.
When the caller says goodbye or wants nothing more, call hang_up.`,
  ),
  live('Now', ({ startedAt }) => {
    const { hours, timeZone } = business
    const now = `It is ${spokenTime(startedAt, timeZone)}.`
    if (!hours) return now
    if (isOpen(hours, timeZone, startedAt)) return `${now} The office is open.`
    const next = nextOpening(hours, timeZone, startedAt)
    return `${now} The office is closed${next ? ` and opens ${next}` : ''}; say so before you connect anybody.`
  }),
]
