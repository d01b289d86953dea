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
const instance = z.looseObject({
  kind: z.string('is missing: the name of a kind, like "receptionist"').min(1),
  /** The name of a tuning profile; what the instance sets itself wins. */
  profile: z.string().optional(),
})

/** Options that several instances share under a name, so that calls with one can be compared with calls with another. */
export const tuningProfileSchema = callOptionsSchema.pick({
  voice: true,
  turnTaking: true,
  tuning: true,
  patience: true,
})

/** Where a message is sent; secrets stay in the environment. */
const destination = z.strictObject({
  /** An e-mail address or the URL of a webhook. */
  to: z.union([z.email(), z.url({ protocol: /^https?$/ })], 'write an e-mail address or the URL of a webhook'),
  /** Names of the directory; all messages when absent. */
  for: z.array(z.string().trim().min(1)).min(1).optional(),
  urgentOnly: z.boolean().optional(),
})

/** The settings document: the business as data. What only a kind knows is checked when the document is built. */
export const documentSchema = z.strictObject({
  format: z.literal(FORMAT).default(FORMAT),
  business: businessSchema,
  routes: routesSchema.default({}),
  directory: directorySchema.default([]),
  /** `modes`: names of instances; all of them when absent. */
  answers: answersSchema.default([]),
  modes: z.record(plainName, instance),
  tuningProfiles: z.record(plainName, tuningProfileSchema).default({}),
  numbers: z.strictObject({
    /** The instance for a number of ours that is not listed. */
    unknown: z.string(),
    /** The key of the route for callers whom the model cannot serve. */
    fallback: z.string().optional(),
    /** How each number answers; `PUT /numbers/NUMBER` wins over `mode`. The other fields hold for calls to this number only. */
    list: z.record(numberSchema, callOptionsSchema.extend({ mode: z.string() })).default({}),
  }),
  messages: z.array(destination).max(20).default([]),
  outbound: z
    .strictObject({
      modes: z.record(plainName, instance),
      /** The instance for requests that name none. */
      default: z.string(),
      policy: dialingPolicySchema,
    })
    .optional(),
})

/** A checked settings document. */
export interface SettingsDocument {
  readonly format: typeof FORMAT
  readonly business: Business
  readonly routes: Routes
  readonly directory: readonly DirectoryEntry[]
  readonly answers: readonly Answer[]
  readonly modes: Readonly<Record<string, z.output<typeof instance>>>
  readonly tuningProfiles: Readonly<Record<string, CallOptions>>
  readonly numbers: {
    readonly unknown: string
    readonly fallback?: string
    readonly list: Readonly<Record<E164, CallOptions & { readonly mode: string }>>
  }
  readonly messages: readonly MessageDestination[]
  readonly outbound?: {
    readonly modes: Readonly<Record<string, z.output<typeof instance>>>
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
