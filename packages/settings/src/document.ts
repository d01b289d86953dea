import {
  answersSchema,
  businessSchema,
  callOptionsSchema,
  directorySchema,
  numberSchema,
  routesSchema,
} from '@llc-phone/core'
import { dialingPolicySchema } from '@llc-phone/dialer'
import * as z from 'zod'

/** The version of the document's shape; a document of an older one is migrated when it is read. */
export const FORMAT = 1

/** The name of a mode instance. */
const instanceName = z.string().regex(/^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/, 'a name is a word, like "frontDesk"')

/** An instance of a kind; the fields beside `kind` are checked by the kind, once it is known. */
const instance = z.looseObject({ kind: z.string('is missing: the name of a kind, like "receptionist"').min(1) })

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
  modes: z.record(instanceName, instance),
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
      modes: z.record(instanceName, instance),
      /** The instance for requests that name none. */
      default: z.string(),
      policy: dialingPolicySchema,
    })
    .optional(),
})

/** A checked settings document. */
export type SettingsDocument = z.output<typeof documentSchema>

/** What an operator writes: fields with defaults may be missing. */
export type WrittenDocument = z.input<typeof documentSchema>

/** Something about a document that somebody should know. */
export interface Finding {
  /** Where: `modes.frontDesk.greeting`. */
  readonly path: string
  readonly message: string
  /** An error keeps the document from being published. */
  readonly severity: 'error' | 'warning'
}
