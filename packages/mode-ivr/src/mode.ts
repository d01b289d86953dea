import {
  businessSchema,
  checkSettings,
  defineMode,
  hangUpTool,
  routesSchema,
  transferTool,
  type Business,
  type Mode,
  type Routes,
} from '@llc-phone/core'
import * as z from 'zod'
import { ivrPrompt } from './prompt.ts'

/** What a menu is made of. */
export interface IvrSettings {
  readonly business: Business
  /** In the order of their keys: the first is key 1. One to nine. */
  readonly routes: Routes
  readonly voice?: string
}

const settingsSchema = z.strictObject({
  business: businessSchema,
  routes: routesSchema.refine(
    (routes) => Object.keys(routes).length >= 1 && Object.keys(routes).length <= 9,
    'a menu has one to nine routes',
  ),
  voice: z.string().min(1).optional(),
})

/**
 * Answers with a spoken menu and connects the caller with a department, by voice or by key. Throws `mode_invalid`.
 *
 * @example
 * ivr({ business: { name: 'Harbor Dental', timeZone: 'America/New_York' }, routes: { sales, billing } })
 */
export const ivr = (settings: IvrSettings): Mode => {
  checkSettings('ivr', settingsSchema, settings)
  const { business, routes, voice } = settings
  return defineMode({
    name: 'ivr',
    ...(voice === undefined ? {} : { voice }),
    prompt: ivrPrompt(business, routes),
    greeting: () =>
      `Thank you for calling ${business.name}. You are speaking with the automated assistant. How can I direct your call?`,
    routes,
    tools: [transferTool(routes), hangUpTool()],
  })
}
