import {
  fixed,
  live,
  spokenNow,
  spokenStyle,
  whatYouKnow,
  type Answer,
  type Business,
  type Section,
} from '@llc-phone/core'

/** What the model is told: fixed sections first, the same for every call; what belongs to one call comes last. */
export const sampleModePrompt = (business: Business, answers: readonly Answer[], transfers: boolean): Section[] => [
  fixed(
    'Role',
    `You are the AI assistant on the telephone of ${business.name}. You tell callers when somebody is there.`,
  ),
  // Language, numbers, noise, other topics, danger: the same for every mode.
  fixed('How you speak', spokenStyle),
  // Hours, address and what callers often ask, from the settings.
  ...whatYouKnow(business, answers),
  fixed(
    'What you do',
    [
      'Find out what the caller wants to know. Asked whether somebody is there now, call opening_hours.',
      transfers && 'For what you cannot answer, call transfer_call.',
      'Nothing more is wanted: call hang_up.',
    ]
      .filter(Boolean)
      .join('\n'),
  ),
  live('Now', ({ startedAt }) => `It is ${spokenNow(startedAt, business.timeZone)}.`),
]
