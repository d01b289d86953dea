import * as z from 'zod'
import { languageSchema } from '../language/languages.ts'
import { greetingSchema } from './greeting-template.ts'
import type { ModeDefinition } from './mode.ts'
import { ModeInvalid } from './mode-invalid.ts'
import { milliseconds, turnDetectionSchema } from './turn-settings.ts'
import { tuningSchema } from '../tuning.ts'

/** Settings that every mode accepts and passes to `defineMode`. */
export type CallOptions = Pick<
  ModeDefinition<unknown>,
  | 'language'
  | 'voice'
  | 'turnTaking'
  | 'tuning'
  | 'patience'
  | 'grant'
  | 'greetingShield'
  | 'recordsGreeting'
  | 'recordsCalls'
  | 'openingTools'
> & {
  /** The assistant's first words, a template; those of the mode when absent. */
  readonly greeting?: string
}

/** At most four hours, after which carriers end a call; at least two minutes, or the warning would come with the greeting. */
const callLength = milliseconds(120_000, 4 * 3_600_000)

/** Checks {@link CallOptions}; include it in a mode's schema with `...callOptionsSchema.shape`. `safeToTune` marks what costs no caller a call if it is off. */
export const callOptionsSchema = z.strictObject({
  language: languageSchema.optional().meta({
    title: 'Language',
    labels: { en: 'English', es: 'Spanish' },
    description:
      'What the assistant speaks, with everything of ours that callers hear; that of the business when left out.',
    examples: ['en', 'es'],
  }),
  greeting: greetingSchema.optional().meta({
    title: 'Greeting',
    widget: 'greeting',
    description:
      'The first words. {business} is your name, {timeOfDay} "Good morning", {firstName} the caller\'s first name where it is known, and nothing otherwise. Say that an AI assistant is speaking.',
    examples: ['{timeOfDay}, {business}. This is the AI assistant. How may I help you?'],
  }),
  voice: z
    .string()
    .trim()
    .min(1)
    .optional()
    .meta({
      title: 'Voice',
      widget: 'voice',
      description: 'A voice of the model; the default one of the gateway, or of the kind, when left out. Safe to tune.',
      examples: ['marin', 'cedar'],
      safeToTune: true,
    }),
  openingTools: z
    .array(z.string().min(1))
    .max(50)
    .optional()
    .meta({
      title: 'Tools of the opening',
      description:
        'Names of the tools that the model is given before the greeting is heard; the others follow during it, and those that end the call or keep silent are always there. Fewer make the first word come sooner. Without effect where the greeting can be interrupted, and on outbound calls, which have all from the start. Safe to tune.',
      examples: [['transfer_call', 'check_availability'], []],
      safeToTune: true,
    }),
  greetingShield: z
    .enum(['full', 'off'])
    .optional()
    .meta({
      title: 'Greeting can be interrupted',
      labels: { full: 'No, it is heard to its end', off: 'Yes' },
      description: '"full": no, what callers say meanwhile is answered afterwards (default). "off": yes.',
      examples: ['off'],
    }),
  recordsGreeting: z
    .boolean()
    .optional()
    .meta({
      title: 'Record the greeting',
      description:
        'A greeting that any caller would hear in the same words is recorded once and played from then on (default). false: the model speaks it in every call.',
      examples: [false],
    }),
  recordsCalls: z
    .boolean()
    .optional()
    .meta({
      title: 'Record calls',
      description:
        'Calls are kept as sound, for 30 days unless KEEP_RECORDINGS_DAYS says otherwise. The greeting must say so, for example "This call may be recorded." By default they are not.',
      examples: [true],
    }),
  turnTaking: z
    .strictObject({
      opening: turnDetectionSchema.optional().meta({
        title: 'During the opening',
        description: 'How the end of what callers say is found until the first answer: eager by default. Safe to tune.',
        examples: [{ kind: 'semantic', eagerness: 'high', autoReply: true }],
        safeToTune: true,
      }),
      conversation: turnDetectionSchema.optional().meta({
        title: 'During the conversation',
        description: 'The same for the rest of the call: calmer by default, so that people can think. Safe to tune.',
        examples: [{ kind: 'semantic', eagerness: 'medium', autoReply: true }],
        safeToTune: true,
      }),
      minSpeechMs: milliseconds(0, 2_000)
        .optional()
        .meta({
          title: 'Speech that interrupts',
          description:
            'How long speech over the assistant must last to interrupt it, in milliseconds, so that a cough does not. 0 interrupts at once (default).',
          examples: [300],
        }),
    })
    .optional()
    .meta({
      title: 'Turn-taking',
      description: 'How the assistant finds out that the caller has finished.',
      examples: [{ minSpeechMs: 300 }],
    }),
  tuning: tuningSchema.optional().meta({
    title: 'Model',
    description: 'Settings of the model; those it does not take are reported at start.',
    examples: [{ effort: 'low', noiseReduction: 'near_field' }],
  }),
  patience: z
    .strictObject({
      silenceMs: milliseconds(1_000, 600_000)
        .optional()
        .meta({
          title: 'Silence',
          description: 'After this much silence the assistant checks in, in milliseconds. Default 20 seconds.',
          examples: [20_000],
        }),
      checkIns: z
        .int()
        .min(0)
        .max(10)
        .optional()
        .meta({
          title: 'Check-ins',
          description: 'After this many of them it says goodbye at the next silence. Default 2.',
          examples: [2],
        }),
      keysMs: milliseconds(500, 30_000)
        .optional()
        .meta({
          title: 'Pause between keys',
          description: 'Keys are complete after this long without another one, in milliseconds. Default 3.5 seconds.',
          examples: [3_500],
        }),
      maxDurationMs: callLength.optional().meta({
        title: 'Longest call',
        description:
          'How long a call may last, in milliseconds; the assistant is warned a minute before. Default 30 minutes.',
        examples: [1_800_000],
      }),
    })
    .optional()
    .meta({
      title: 'Patience',
      description: 'Limits of silent and of long calls.',
      examples: [{ silenceMs: 30_000 }],
    }),
  grant: z
    .strictObject({
      toolCalls: z
        .int()
        .min(1)
        .max(1_000)
        .optional()
        .meta({
          title: 'Tool calls',
          description: 'Most in one call. Default 60.',
          examples: [60],
        }),
      toolCallsAtOnce: z
        .int()
        .min(1)
        .max(20)
        .optional()
        .meta({
          title: 'Tool calls at once',
          description: 'Most that run at the same time. Default 4.',
          examples: [4],
        }),
      writes: z
        .int()
        .min(0)
        .max(200)
        .optional()
        .meta({
          title: 'Writes',
          description: 'Most tool calls that store something. Default 10.',
          examples: [10],
        }),
      rings: z
        .int()
        .min(0)
        .max(100)
        .optional()
        .meta({
          title: 'Rings',
          description: 'How often anybody is rung in one call. Default 6.',
          examples: [6],
        }),
      ringsPerPerson: z
        .int()
        .min(0)
        .max(100)
        .optional()
        .meta({
          title: 'Rings of one person',
          description: 'How often the same person is rung in one call. Default 3.',
          examples: [3],
        }),
    })
    .optional()
    .meta({
      title: 'Limits of a call',
      description: 'What one call may do, for a model that was manipulated or has lost its way.',
      examples: [{ writes: 20 }],
    }),
})

/** Checks that a dependency has the functions that a mode calls. */
export const portSchema = (...functions: readonly string[]) =>
  z.custom<object>(
    (port) =>
      typeof port === 'object' &&
      port !== null &&
      functions.every((name) => typeof (port as Record<string, unknown>)[name] === 'function'),
    `needs the functions ${functions.join(', ')}`,
  )

/** Checks the settings of a mode. Throws {@link ModeInvalid}, which names every wrong setting. */
export const checkSettings = (mode: string, schema: z.ZodObject, settings: unknown): void => {
  const checked = schema.safeParse(settings)
  if (checked.success) return
  throw new ModeInvalid(
    mode,
    checked.error.issues.map(({ path, message }) => ({ path: path as (string | number)[], message })),
  )
}
