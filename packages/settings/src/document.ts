import {
  answersSchema,
  businessSchema,
  callOptionsSchema,
  directorySchema,
  numberSchema,
  routesSchema,
  type Answer,
  type Business,
  type CallOptions,
  type DirectoryEntry,
  type E164,
  type Routes,
} from '@llc-phone/core'
import { dialingPolicySchema, type DialingPolicy } from '@llc-phone/dialer'
import * as z from 'zod'

/** The version of the document's shape; a document of an older one is migrated when it is read. */
export const FORMAT = 1

/** A name that other parts of the document use: of an instance, of a tuning profile. */
const plainName = z.string().regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/, 'a name is a word, like "frontDesk"')

/** An instance of a kind; the fields beside these are checked by the kind, once it is known. */
export const instanceSchema = z.looseObject({
  kind: z
    .string('is missing: the name of a kind, like "receptionist"')
    .min(1)
    .meta({
      title: 'Kind',
      description: 'What it does for callers: the name of a kind. Its other fields are those of the kind.',
      examples: ['receptionist'],
    }),
  profile: z
    .string()
    .optional()
    .meta({
      title: 'Tuning profile',
      description: 'The name of one of your tuning profiles. What the instance sets itself wins.',
      examples: ['calm'],
    }),
})

/** Options that several instances share under a name, so that calls with one can be compared with calls with another. */
const tuningProfileSchema = callOptionsSchema.pick({
  voice: true,
  turnTaking: true,
  tuning: true,
  openingTools: true,
  patience: true,
})

/** Where a message is sent; secrets stay in the environment. */
const destination = z.strictObject({
  to: z.union([z.email(), z.url({ protocol: /^https?$/ })], 'write an e-mail address or the URL of a webhook').meta({
    title: 'Where to',
    description:
      'An e-mail address, or the URL of a webhook. The mail server and the secret of webhooks stay in the environment.',
    examples: ['office@pierbistro.example', 'https://example.com/messages'],
  }),
  for: z
    .array(z.string().trim().min(1))
    .min(1)
    .optional()
    .meta({
      title: 'For whom',
      widget: 'people',
      description: 'Only messages for these people of the directory; all messages when left out.',
      examples: [['Rosa Diaz']],
    }),
  urgentOnly: z
    .boolean()
    .optional()
    .meta({
      title: 'Urgent ones only',
      description: 'true: only messages that the caller calls urgent.',
      examples: [true],
    }),
})

const modeName = z.string().meta({
  title: 'Mode',
  widget: 'instance',
  description: 'The name of one of your modes.',
  examples: ['frontDesk'],
})

/** The settings document: the business as data. What only a kind knows is checked when the document is built. */
export const documentSchema = z.strictObject({
  format: z
    .literal(FORMAT, `must be ${FORMAT}: a newer gateway has written it, or it is no settings document`)
    .default(FORMAT)
    .meta({ title: 'Format', description: 'The version of this form of settings.', examples: [FORMAT] }),
  business: businessSchema.meta({
    title: 'Business',
    description: 'Who answers: what callers hear about you, and when you are open.',
    examples: [{ name: 'Pier Bistro', timeZone: 'America/Los_Angeles', hours: { 'tue-sun': '11:00-22:00' } }],
  }),
  routes: routesSchema.default({}).meta({
    title: 'Routes',
    description:
      'Where callers can be connected to, by a key of your choice: departments and people with a telephone, and voicemail. The model only ever names a key.',
    examples: [{ kitchen: { label: 'the kitchen', number: '+14155550111' } }],
  }),
  directory: directorySchema.default([]).meta({
    title: 'Directory',
    description: 'People and departments that callers ask for by name.',
    examples: [[{ name: 'Rosa Diaz', role: 'chef', route: 'kitchen' }]],
  }),
  answers: answersSchema.default([]).meta({
    title: 'Answers',
    description:
      'What the assistant may say about your business: parking, prices, insurance. It says nothing else of that kind.',
    examples: [[{ question: 'Where can I park?', answer: 'Behind the building.' }]],
  }),
  modes: z.record(plainName, instanceSchema).meta({
    title: 'Modes',
    description:
      'Ways of answering calls, by a name of your choice. Each is of a kind and has the fields of that kind.',
    examples: [{ frontDesk: { kind: 'receptionist', offers: ['callback'] } }],
  }),
  tuningProfiles: z
    .record(plainName, tuningProfileSchema)
    .default({})
    .meta({
      title: 'Tuning profiles',
      description:
        'Options of voice, turn-taking, model and patience under a name. Modes name one, and calls with one can be compared with calls with another.',
      examples: [{ calm: { patience: { silenceMs: 30_000 } } }],
    }),
  numbers: z
    .strictObject({
      unknown: modeName.meta({
        title: 'Mode of all other numbers',
        description: 'The name of the mode that answers numbers of yours that are not listed.',
        examples: ['frontDesk'],
      }),
      fallback: z
        .string()
        .optional()
        .meta({
          title: 'Fallback',
          widget: 'route',
          description:
            'The key of the route for callers whom the model cannot serve, in an outage for example. Without it they hear an apology.',
          examples: ['support'],
        }),
      list: z
        .record(numberSchema, callOptionsSchema.extend({ mode: modeName }))
        .default({})
        .meta({
          title: 'Numbers',
          description:
            'How each of your numbers answers: its mode, and options for calls to this number only. While a mode is assigned by hand, that one answers.',
          examples: [{ '+14155550101': { mode: 'frontDesk' } }],
        }),
    })
    .meta({
      title: 'Numbers',
      description: 'Which number answers in which mode.',
      examples: [{ unknown: 'frontDesk', fallback: 'support' }],
    }),
  messages: z
    .array(destination)
    .max(20)
    .default([])
    .meta({
      title: 'Messages',
      description: 'Where messages of callers are sent. They are kept and can be read in any case.',
      examples: [[{ to: 'office@pierbistro.example' }]],
    }),
  outbound: z
    .strictObject({
      modes: z.record(plainName, instanceSchema).meta({
        title: 'Modes',
        description: 'Ways of placing calls, by a name of your choice.',
        examples: [{ reminders: { kind: 'outbound' } }],
      }),
      default: z.string().meta({
        title: 'Default mode',
        description: 'The name of the mode for requests that name none.',
        examples: ['reminders'],
      }),
      policy: dialingPolicySchema.meta({
        title: 'Policy',
        description: 'Whom you may call, when, how often, and for how much money. A call outside of it is refused.',
      }),
    })
    .optional()
    .meta({
      title: 'Outbound calls',
      description: 'Calls that you place. Nobody is called when it is left out.',
    }),
})

/** A checked settings document. */
export interface SettingsDocument {
  readonly format: typeof FORMAT
  readonly business: Business
  readonly routes: Routes
  readonly directory: readonly DirectoryEntry[]
  readonly answers: readonly Answer[]
  readonly modes: Readonly<Record<string, z.output<typeof instanceSchema>>>
  readonly tuningProfiles: Readonly<Record<string, CallOptions>>
  readonly numbers: {
    readonly unknown: string
    readonly fallback?: string
    readonly list: Readonly<Record<E164, CallOptions & { readonly mode: string }>>
  }
  readonly messages: readonly MessageDestination[]
  readonly outbound?: {
    readonly modes: Readonly<Record<string, z.output<typeof instanceSchema>>>
    readonly default: string
    readonly policy: DialingPolicy
  }
}

/** What an operator writes: fields with defaults may be missing. */
export type WrittenDocument = z.input<typeof documentSchema>

/** Where messages go. */
export interface MessageDestination {
  /** An e-mail address or the URL of a webhook. */
  readonly to: string
  /** Names of the directory; all messages when absent. */
  readonly for?: readonly string[]
  readonly urgentOnly?: boolean
}
