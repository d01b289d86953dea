import {
  answersSchema,
  businessSchema,
  callOptionsSchema,
  routesSchema,
  type Answer,
  type Business,
  type CallOptions,
  type Routes,
} from '@llc-phone/core'
import * as z from 'zod'

/** What the mode is made of; the options of {@link CallOptions} can differ for every number. */
export interface SampleModeSettings extends CallOptions {
  readonly business: Business
  /** What callers often ask, and what they are told. */
  readonly answers?: readonly Answer[]
  /** Where callers can be connected to; without any, nobody is. */
  readonly routes: Routes
  /** Whether callers who are told that the office is closed hear when it opens. Default true. */
  readonly tellsOpening?: boolean | undefined
}

/** The fields that are this mode's own, as data: they are shown to people as a form, checked, and kept as versions. */
export const ownFields = {
  tellsOpening: z
    .boolean()
    .optional()
    .meta({
      title: 'Say when it opens',
      description: 'Whether callers who are told that the office is closed hear when it opens. Default: yes.',
      examples: [false],
    }),
}

/** Checks {@link SampleModeSettings}. */
export const settingsSchema = z.strictObject({
  ...callOptionsSchema.shape,
  business: businessSchema,
  answers: answersSchema.optional(),
  routes: routesSchema,
  ...ownFields,
})
