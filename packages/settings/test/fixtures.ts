import {
  defineKind,
  defineMode,
  fixed,
  GatewayError,
  ModeInvalid,
  hangUpTool,
  whatYouKnow,
  type CallOptions,
} from '@llc-phone/core'
import { defaultPolicy } from '@llc-phone/dialer'
import { e164, type ModeKind, type OutboundKind } from '@llc-phone/core'
import * as z from 'zod'
import type { WrittenDocument } from '../src/index.ts'

/** A kind that greets and hangs up; `greets` shows what it was made with. */
export const deskKind: ModeKind = defineKind({
  name: 'desk',
  title: 'Desk',
  about: 'Greets callers.',
  settings: z.strictObject({
    offers: z.array(z.enum(['callback', 'visit'])).optional(),
    escalateTo: z.string().optional(),
  }),
  make(settings, { business, answers, routes }) {
    const { offers: _, escalateTo, ...options } = settings
    if (escalateTo !== undefined && !Object.hasOwn(routes, escalateTo))
      throw new ModeInvalid('desk', [{ path: ['escalateTo'], message: `"${escalateTo}" is not a route with a person` }])
    return defineMode({
      ...(options as CallOptions),
      name: 'desk',
      prompt: [fixed('Role', `You answer for ${business.name}.`), ...whatYouKnow(business, answers)],
      greeting: () => `Hello, this is the AI assistant of ${business.name}.`,
      routes,
      tools: [hangUpTool()],
    })
  },
})

/** A kind whose maker fails as only a mistake in code does. */
export const brokenKind: ModeKind = defineKind({
  name: 'broken',
  title: 'Broken',
  about: 'Cannot be made.',
  settings: z.strictObject({}),
  make() {
    throw new TypeError('undefined is not a function')
  },
})

export const reminderKind: OutboundKind = defineKind({
  name: 'reminder',
  title: 'Reminders',
  about: 'Reminds people.',
  settings: z.strictObject({ agentName: z.string().optional() }),
  make: () => ({
    name: 'reminder',
    scenarios: ['custom'],
    plan: () => {
      throw new GatewayError('request_invalid', 'not planned in this test')
    },
  }),
})

export const kinds = [deskKind, brokenKind]
export const outboundKinds = [reminderKind]
export const now = new Date('2026-03-10T15:00:00Z')

export const FRONT = '+14155550101'
export const BACK = '+14155550102'

/** A document that builds without a finding. */
export const written = (): WrittenDocument => ({
  business: {
    name: 'Salt and Fig',
    timeZone: 'America/Los_Angeles',
    hours: { mon: 'closed', 'tue-sun': '11:00-22:00' },
  },
  routes: { kitchen: { label: 'the kitchen', number: '+14155552611' } },
  directory: [{ name: 'Rosa Diaz', role: 'chef', route: 'kitchen', transfer: 'warm' }],
  answers: [
    { question: 'Where can I park?', answer: 'On Pier Street.' },
    { question: 'Do you take cards?', answer: 'All of them.', modes: ['frontDesk'] },
  ],
  modes: {
    frontDesk: { kind: 'desk', voice: 'cedar', patience: { silenceMs: 12_000 } },
    night: { kind: 'desk' },
  },
  numbers: { unknown: 'frontDesk', fallback: 'kitchen', list: { [FRONT]: { mode: 'frontDesk' } } },
  messages: [{ to: 'rosa@bistro.example', for: ['Rosa Diaz'] }],
  outbound: {
    modes: { reminders: { kind: 'reminder' } },
    default: 'reminders',
    policy: defaultPolicy(e164('+14155550100')) as never,
  },
})

/** What to change in a document: values by path; `undefined` removes. */
export type Change = Readonly<Record<string, unknown>>

/** A document with changes; paths as findings have them. */
export const changed = (document: unknown, change: Change): object => {
  const copy = structuredClone(document) as Record<string, unknown>
  for (const [path, value] of Object.entries(change)) {
    const parts = path.match(/"[^"]*"|[^.]+/g)!.map((part) => part.replaceAll('"', ''))
    const holder = parts.slice(0, -1).reduce((found, part) => found[part] as typeof copy, copy)
    if (value === undefined) Reflect.deleteProperty(holder, parts.at(-1)!)
    else holder[parts.at(-1)!] = value
  }
  return copy
}
