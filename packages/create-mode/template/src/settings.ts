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
}

/** Checks {@link SampleModeSettings}. */
export const settingsSchema = z.strictObject({
  ...callOptionsSchema.shape,
  business: businessSchema,
  answers: answersSchema.optional(),
  routes: routesSchema,
})
