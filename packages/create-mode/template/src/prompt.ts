import { fixed, live, spokenStyle, spokenNow, type Business, type Section } from '@llc-phone/core'

/** What the model is told: fixed sections first, the same for every call; what belongs to one call comes last. */
export const sampleModePrompt = ({ name, timeZone }: Business, transfers: boolean): Section[] => [
  fixed(
    'Role',
    `You are the automated assistant on the telephone of ${name}. You tell callers when somebody is there.`,
  ),
  fixed('How you speak', spokenStyle),
  fixed(
    'What you do',
    [
      'Find out what the caller wants to know. When they ask for opening hours, call opening_hours.',
      transfers && 'For anything else, call transfer_call.',
      'When the caller says goodbye or wants nothing more, call hang_up.',
    ]
      .filter(Boolean)
      .join('\n'),
  ),
  live('Now', ({ startedAt }) => `It is ${spokenNow(startedAt, timeZone)}.`),
]
