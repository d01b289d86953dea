import {
  answersSchema,
  answerTools,
  businessSchema,
  callOptionsSchema,
  checkSettings,
  defineMode,
  directorySchema,
  hangUpTool,
  keepListeningTool,
  isPerson,
  labelsOf,
  languageOf,
  portSchema,
  routesSchema,
  takeMessageTool,
  transferTool,
  warmTransferTool,
  wordsIn,
  type Answer,
  type Business,
  type CallOptions,
  type DirectoryEntry,
  type MessageBook,
  type Mode,
  type Routes,
} from '@llc-phone/core'
import * as z from 'zod'
import { receptionistPrompt } from './prompt.ts'
import { checkAvailability } from './tools/check-availability.ts'
import { guardTransfer } from './tools/guard-transfer.ts'
import { requestTime, type Offer } from './tools/request-time.ts'

/** Settings of a front desk. The voice is `marin` by default. */
export interface ReceptionistSettings extends CallOptions {
  readonly business: Business
  /** Frequent questions of callers, with answers. */
  readonly answers?: readonly Answer[]
  /** Routes that callers can be connected to; without any, only messages are taken. */
  readonly routes: Routes
  /** Stores messages; the book of a delivery also sends them. */
  readonly messages: Pick<MessageBook, 'take'>
  /** People that callers may ask for; without it nobody's hours are known. */
  readonly directory?: readonly DirectoryEntry[]
  /** Requests that callers may make beside leaving a message; they reach the business as messages. */
  readonly offers?: readonly Offer[] | undefined
}

/** Checks the offers of a front desk. */
export const offersSchema = z
  .array(z.enum(['callback', 'visit']))
  .refine((offers) => new Set(offers).size === offers.length, 'names an offer twice')

const settingsSchema = z
  .strictObject({
    ...callOptionsSchema.shape,
    business: businessSchema,
    answers: answersSchema.optional(),
    routes: routesSchema,
    messages: portSchema('take'),
    directory: directorySchema.optional(),
    offers: offersSchema.optional(),
  })
  .superRefine(({ routes, directory }, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    for (const [index, { route, transfer }] of (directory ?? []).entries()) {
      const to = route !== undefined && Object.hasOwn(routes, route) ? routes[route] : undefined
      if (route !== undefined && !to) refuse(['directory', index, 'route'], `there is no route "${route}"`)
      else if (transfer === 'warm' && !(to && 'number' in to))
        refuse(['directory', index, 'transfer'], 'needs a route with a number')
    }
  })

/**
 * Answers as a front desk: says who is in, connects, and takes messages that are stored before the caller is told so.
 * Throws `mode_invalid`.
 *
 * @example
 * receptionist({
 *   business,
 *   routes,
 *   messages: store.messages,
 *   directory: [{ name: 'Dr. Lopez', route: 'frontDesk', transfer: 'warm', absences: [{ from: '2026-12-24', to: '2027-01-03' }] }],
 *   offers: ['callback'],
 * })
 */
export const receptionist = (settings: ReceptionistSettings): Mode => {
  checkSettings('receptionist', settingsSchema, settings)
  const { business, answers, routes, messages, directory = [], offers = [], voice = 'marin', ...options } = settings
  const language = languageOf(settings)
  const transfers = Object.keys(routes).length > 0
  const introduces =
    directory.some(({ transfer }) => transfer === 'warm') && Object.values(routes).some((route) => isPerson(route))
  return defineMode({
    ...options,
    name: 'receptionist',
    business,
    language,
    voice,
    keywords: [business.name, ...directory.flatMap(({ name, role }) => [name, role]), ...labelsOf(routes)],
    prompt: receptionistPrompt(business, { transfers, introduces, directory, offers }, answers),
    greeting: options.greeting ?? wordsIn(language).greetings.receptionist,
    routes,
    tools: [
      ...(directory.length > 0 ? [checkAvailability(business, directory, { transfers })] : []),
      ...answerTools(answers),
      takeMessageTool(messages),
      ...offers.map((offer) => requestTime(offer, messages, business)),
      ...(transfers ? [guardTransfer(transferTool(routes, { business }), business, directory)] : []),
      ...(introduces ? [guardTransfer(warmTransferTool(routes, { business }), business, directory)] : []),
      keepListeningTool(),
      hangUpTool(),
    ],
  })
}
