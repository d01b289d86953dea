import {
  answersSchema,
  businessSchema,
  callOptionsSchema,
  portSchema,
  routesSchema,
  type Answer,
  type Business,
  type CallOptions,
  type MachinePlan,
  type Routes,
} from '@llc-phone/core'
import * as z from 'zod'
import type { AppointmentsPort, DoNotCallPort, NotesPort } from './ports.ts'
import type { Scenario } from './scenario.ts'
import { shippedScenarios } from './scenarios/shipped.ts'

/** Settings of outbound calls. */
export interface OutboundSettings extends CallOptions {
  readonly business: Business
  /** What people often ask, and what they are told. */
  readonly answers?: readonly Answer[]
  /** People a callee can be transferred to; may be empty. */
  readonly routes: Routes
  /** Stores callees who ask not to be called again. */
  readonly doNotCall: DoNotCallPort
  /** Keeps outcomes, answers and notes. */
  readonly notes: NotesPort
  /** Without a calendar nothing is booked. */
  readonly appointments?: AppointmentsPort | undefined
  /** Reasons to call beside the four shipped ones; one of the same name replaces it. */
  readonly scenarios?: readonly Scenario[] | undefined
  /** The assistant opens when a callee has said nothing for this long (ms). Default 3,000. */
  readonly speaksAfterMs?: number | undefined
  /** What to do when a machine answers, by scenario. */
  readonly machine?: Readonly<Record<string, MachinePlan>> | undefined
  /** The assistant's own name: "this is Robin, the AI assistant of Harbor Dental". */
  readonly agentName?: string | undefined
}

const action = <Name extends string>(name: Name) =>
  z.literal(name).meta({ title: 'Action', description: '"hangUp", "leaveMessage" or "continue".', examples: [name] })

const machinePlan = z.discriminatedUnion('action', [
  z.strictObject({ action: action('hangUp') }),
  z.strictObject({
    action: action('leaveMessage'),
    text: z
      .string()
      .trim()
      .min(1)
      .max(600)
      .optional()
      .meta({
        title: 'Message',
        description: 'Word for word; the one of the scenario when left out.',
        examples: ['This is Harbor Dental. Please call us back.'],
      }),
  }),
  z.strictObject({ action: action('continue') }),
])

const scenario = z.custom<Scenario>(
  (value) => typeof value === 'object' && value !== null && typeof (value as { read?: unknown }).read === 'function',
  'make it with defineScenario',
)

/** The fields of {@link OutboundSettings} that are data of outbound calls alone. */
export const outboundFields = {
  // If shorter, both speak at once; if longer, callees think the line is dead.
  speaksAfterMs: z
    .int()
    .min(500)
    .max(20_000)
    .optional()
    .meta({
      title: 'Silence before the opening',
      description:
        'The assistant opens when a callee has said nothing for this long, in milliseconds. If shorter than two seconds, both often speak at once. Default 3 seconds.',
      examples: [3_000],
    }),
  machine: z
    .record(z.string(), machinePlan)
    .optional()
    .meta({
      title: 'When a machine answers',
      description:
        'By scenario: "hangUp"; "leaveMessage", word for word if it has a text; "continue" lets the assistant judge. The scenario decides when left out.',
      examples: [{ survey: { action: 'hangUp' } }, { confirmation: { action: 'leaveMessage' } }],
    }),
  agentName: z
    .string()
    .trim()
    .regex(/^\p{L}[\p{L}\p{M}' -]{0,39}$/u, 'write a name of letters')
    .optional()
    .meta({
      title: "The assistant's name",
      description: 'Said in every opening: "this is Robin, the AI assistant of Harbor Dental".',
      examples: ['Robin'],
    }),
}

/** Checks {@link OutboundSettings}. */
export const outboundSettingsSchema = z
  .strictObject({
    ...callOptionsSchema.shape,
    business: businessSchema,
    answers: answersSchema.optional(),
    routes: routesSchema,
    doNotCall: portSchema('add'),
    notes: portSchema('add'),
    appointments: portSchema('openSlots', 'book').optional(),
    scenarios: z.array(scenario).optional(),
    ...outboundFields,
  })
  .superRefine(({ scenarios = [], machine = {} }, context) => {
    const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message })
    const own = scenarios.map(({ name }) => name)
    for (const [index, { name, outcomes = [] }] of scenarios.entries()) {
      if (!/^[a-z][a-z0-9-]{0,31}$/.test(name)) refuse(['scenarios', index, 'name'], 'a name is a word, like "recall"')
      if (own.indexOf(name) !== index) refuse(['scenarios', index, 'name'], `there is a scenario "${name}" already`)
      if (outcomes.some((outcome) => !/^[a-z][a-z0-9_]{0,39}$/.test(outcome)))
        refuse(['scenarios', index, 'outcomes'], 'an outcome is a word, like "not_now"')
    }
    const names = [...shippedScenarios.map(({ name }) => name), ...own]
    for (const name of Object.keys(machine))
      if (!names.includes(name)) refuse(['machine', name], `there is no scenario "${name}"`)
  })
