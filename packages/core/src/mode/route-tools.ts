import * as z from 'zod'
import { isOpen, type BusinessTimes } from '../time/business.ts'
import { isPerson, reachOf, type Route, type Routes } from '../route.ts'
import { zoneName } from '../time/spoken-time.ts'
import { isRouteOpen, nextRouteOpening } from './route-opening.ts'
import { defineTool, nowOf, ToolError, type Tool } from './tool.ts'

/** The labels of routes: names that transcripts should spell right. */
export const labelsOf = (routes: Routes): string[] => Object.values(routes).map(({ label }) => label)

const menuOf = (routes: Routes, keys: readonly string[]): string =>
  keys.map((key) => `${key}: ${routes[key]!.when ?? routes[key]!.label}`).join('; ')

const keysSchema = (keys: readonly string[]) => z.enum(keys as [string, ...string[]])

/** The route to offer instead of a closed one: the first open one in the chain of `afterHours`. */
const detourOf = (routes: Routes, { afterHours }: Route, at: Date, business: BusinessTimes) => {
  const seen = new Set<string>()
  for (let key = afterHours; key !== undefined && !seen.has(key); key = routes[key]?.afterHours) {
    seen.add(key)
    const route = routes[key]
    if (route && isRouteOpen(route, business, at)) return { key, label: route.label }
  }
  return undefined
}

/** The tool result for a closed route; `undefined` when it is open. */
const closedAnswer = (routes: Routes, route: Route, at: Date, business: BusinessTimes) => {
  const { label } = route
  if (isRouteOpen(route, business, at)) return undefined
  const opens = nextRouteOpening(route, business, at)
  const instead = detourOf(routes, route, at, business)
  return {
    status: 'closed',
    ...(opens ? { opens, time_zone: zoneName(business.timeZone, at) } : {}),
    say: `Say that ${label} is closed now${opens ? ` and opens ${opens}` : ''}${instead ? `, and offer ${instead.label} (${instead.key})` : ', and offer what else you can do'}.`,
  }
}

export interface TransferOptions {
  /** Whose routes they are: its time zone is that of their hours, and they are closed on its closed days. UTC without it. */
  readonly business?: BusinessTimes
  /** Outside the hours of the business callers are told so before a route without hours is rung. */
  readonly tellsClosed?: boolean
  /** The current time; the call's clock when absent. */
  now?(): Date
}

const SOMEWHERE: BusinessTimes = { timeZone: 'UTC' }

/** Otherwise the caller hears the announcement twice: before the tool call and after its result. */
const SAY_NOTHING_FIRST = 'Say nothing first; the answer tells you what to say.'

/** The tool for cold transfers; its input accepts exactly the keys of `routes`. */
export const transferTool = (
  routes: Routes,
  { business = SOMEWHERE, tellsClosed = false, now }: TransferOptions = {},
): Tool => {
  const keys = Object.keys(routes)
  return defineTool({
    name: 'transfer_call',
    effect: 'leave',
    description: `Connects the caller. Destinations are ${menuOf(routes, keys)}. Call it as soon as the destination is clear. ${SAY_NOTHING_FIRST}`,
    opening: true,
    input: z.strictObject({
      destination: keysSchema(keys),
      reason: z.string().max(200).describe('Why the caller wants this, in a few words.'),
    }),
    run({ destination, reason }, context) {
      const { call, facts } = context
      const route = routes[destination]
      if (!route) throw new ToolError('There is no such destination.')
      const at = now?.() ?? nowOf(context)
      const closed = closedAnswer(routes, route, at, business)
      if (closed) return closed
      const { label } = route
      if (!isPerson(route)) {
        call.leave({ kind: 'voicemail', route: destination, label, reason }, 'afterwards')
        const what = facts.otherParty.number
          ? 'a message'
          : 'a message with a number to call back, for theirs is withheld,'
        return { status: 'recording', say: `Ask the caller in one short sentence to leave ${what} after the tone.` }
      }
      const isAfterHours = tellsClosed && !route.hours && !isOpen(business, at)
      const departure = { kind: 'transfer', route: destination, ...reachOf(route), label, reason } as const
      call.leave(departure, isAfterHours ? 'afterwards' : 'once')
      const state = isAfterHours ? 'the office is closed now, and that ' : ''
      return {
        status: 'connecting',
        say: `Tell the caller in one short sentence that ${state}you are connecting them with ${label}.`,
      }
    },
  })
}

/** The tool result while a person is being rung. */
export const ringingAnswer = (label: string) => ({
  status: 'ringing',
  say: `Unless you have said so, tell the caller in one short sentence that you are trying to reach ${label}. You will be told whether they accept; until then stay with the caller.`,
})

/** The tool for warm transfers: rings a person and connects the caller once they accept. */
export const warmTransferTool = (
  routes: Routes,
  { business = SOMEWHERE, now }: TransferOptions = {},
  wording: { readonly name?: string; readonly description?: string } = {},
): Tool => {
  const keys = Object.keys(routes).filter((key) => isPerson(routes[key]!))
  return defineTool({
    name: wording.name ?? 'warm_transfer',
    effect: 'leave',
    description: `${wording.description ?? 'Rings a person, introduces the caller and connects them once the person accepts; you stay with the caller meanwhile.'} Destinations are ${menuOf(routes, keys)}. ${SAY_NOTHING_FIRST}`,
    input: z.strictObject({
      destination: keysSchema(keys),
      introduction: z
        .string()
        .trim()
        .min(1)
        .max(300)
        .describe('What the person should know: who is calling and why, in one or two sentences.'),
    }),
    run({ destination, introduction }, context) {
      const { call } = context
      const route = routes[destination]
      if (!route || !isPerson(route)) throw new ToolError('There is no such person.')
      const closed = closedAnswer(routes, route, now?.() ?? nowOf(context), business)
      if (closed) return closed
      const { label } = route
      call.consult({ route: destination, ...reachOf(route), label, introduction })
      return ringingAnswer(label)
    },
  })
}

/** The tool that sends keypad tones, for menus and extensions at the other end; the conversation goes on afterwards. */
export const pressKeysTool = (): Tool =>
  defineTool({
    name: 'press_keys',
    effect: 'leave',
    description: 'Presses keys on the telephone keypad, for a menu or an extension at the other end.',
    input: z.strictObject({ digits: z.string().regex(/^[0-9*#]{1,32}$/) }),
    result: 'silent',
    run({ digits }, { call }) {
      call.leave({ kind: 'keys', digits })
      return { status: 'pressed' }
    },
  })

/** The tool that ends the call, after the caller has heard a goodbye; to a recording none is said. */
export const hangUpTool = (): Tool =>
  defineTool({
    name: 'hang_up',
    effect: 'leave',
    always: true,
    description: `Ends the call: after a goodbye or when nothing more is wanted; for a wrong number, a recording, or abuse that goes on after one warning. Never because the line is quiet. ${SAY_NOTHING_FIRST}`,
    opening: true,
    input: z.strictObject({
      silent: z.boolean().optional().describe('Without a goodbye: for recordings only.'),
    }),
    run({ silent = false }, { call }) {
      call.leave({ kind: 'hangUp' }, silent ? 'none' : 'once')
      return silent ? { status: 'ending' } : { status: 'ending', say: 'Say goodbye in one short sentence.' }
    },
  })

/** `forRecordings`: when to call it for recordings too, for the reasons "tone" and "person". */
export interface KeepListeningOptions {
  readonly forRecordings?: string
}

/** The tool by which the model stays silent; without it a model answers every noise. */
export const keepListeningTool = ({ forRecordings }: KeepListeningOptions = {}): Tool =>
  defineTool({
    name: 'keep_listening',
    effect: 'listen',
    description: [
      'Says nothing and goes on listening. for "noise": noise, music, a television, or talk with somebody else. for "hold": you are asked to wait; say in two or three words that it is fine, and call it. Never for words meant for you, however unclear.',
      forRecordings,
    ]
      .filter(Boolean)
      .join(' '),
    opening: true,
    result: 'silent',
    input: z.strictObject({
      for: z
        .enum(forRecordings === undefined ? ['noise', 'hold'] : ['noise', 'hold', 'tone', 'person'])
        .default('noise'),
    }),
    run(input, { call }) {
      call.keepListening(input.for)
      return { status: 'listening' }
    },
  })
