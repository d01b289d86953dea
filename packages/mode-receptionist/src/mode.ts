import {
  businessSchema,
  checkSettings,
  defineMode,
  hangUpTool,
  portSchema,
  routesSchema,
  takeMessageTool,
  transferTool,
  type Business,
  type MessageBook,
  type Mode,
  type Routes,
} from '@llc-phone/core'
import * as z from 'zod'
import { directorySchema, type DirectoryEntry } from './directory.ts'
import { receptionistGreeting, receptionistPrompt } from './prompt.ts'
import { checkAvailability } from './tools/check-availability.ts'

/** What a front desk is made of. */
export interface ReceptionistSettings {
  readonly business: Business
  /** Where callers can be connected to; without any, only messages are taken. */
  readonly routes: Routes
  /** Where messages are kept. */
  readonly messages: Pick<MessageBook, 'take'>
  /** Whom callers may ask for; without it nobody's hours are known. */
  readonly directory?: readonly DirectoryEntry[]
  /** Default `marin`. */
  readonly voice?: string
}

const settingsSchema = z
  .strictObject({
    business: businessSchema,
    routes: routesSchema,
    messages: portSchema('take'),
    directory: directorySchema.optional(),
    voice: z.string().min(1).optional(),
  })
  .superRefine(({ routes, directory }, context) => {
    for (const [index, { route }] of (directory ?? []).entries())
      if (route !== undefined && !Object.hasOwn(routes, route))
        context.addIssue({
          code: 'custom',
          path: ['directory', index, 'route'],
          message: `there is no route "${route}"`,
        })
  })

/**
 * Answers as a front desk: says who is in, connects, and takes messages that are stored before the caller is told so.
 * Throws `mode_invalid`.
 *
 * @example
 * receptionist({ business, routes, messages: store.messages, directory: [{ name: 'Dr. Lopez', route: 'frontDesk' }] })
 */
export const receptionist = (settings: ReceptionistSettings): Mode => {
  checkSettings('receptionist', settingsSchema, settings)
  const { business, routes, messages, directory = [], voice = 'marin' } = settings
  const transfers = Object.keys(routes).length > 0
  return defineMode({
    name: 'receptionist',
    voice,
    prompt: receptionistPrompt(business, { transfers, directory: directory.length > 0 }),
    greeting: (facts) => receptionistGreeting(business, facts),
    routes,
    tools: [
      ...(directory.length > 0 ? [checkAvailability(business, directory)] : []),
      takeMessageTool(messages),
      ...(transfers ? [transferTool(routes)] : []),
      hangUpTool(),
    ],
  })
}
