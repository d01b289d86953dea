import * as z from 'zod'
import { tryE164 } from '../telephone/e164.ts'
import { weeklyHoursSchema } from '../time/hours.ts'
import { languageSchema } from '../language/languages.ts'
import { meantE164 } from '../telephone/meant-number.ts'
import type { ModeDefinition } from './mode.ts'
import { ModeInvalid } from './mode-invalid.ts'
import { tuningSchema } from '../tuning.ts'

/** Checks a telephone number in E.164 form. */
export const numberSchema = z.string().refine((text) => tryE164(text) !== undefined, {
  error: ({ input }) => {
    const meant = typeof input === 'string' ? meantE164(input) : undefined
    return `write it in E.164 form, like "${meant ?? '+14155550100'}"`
  },
})

const routeBase = {
  label: z.string().trim().min(1).max(60),
  when: z.string().trim().min(1).max(120).optional(),
  hours: weeklyHoursSchema.optional(),
  afterHours: z.string().optional(),
}

/** Checks the keys of an extension; the carrier takes 32, two of them a pause. */
export const extensionSchema = z
  .string('write it in quotes, like "22"')
  .regex(/^(?=.*[\d*#])[\d*#wW]{1,30}$/, 'write up to 30 digits, * or #, and w to wait for half a second, like "22"')

/** Checks {@link Routes}: keys the model can name, numbers in E.164 form, short labels, `afterHours` routes that exist. */
export const routesSchema = z
  .record(
    z.string().regex(/^[a-z][a-zA-Z0-9_]{0,31}$/, 'a route key is a word, like "sales"'),
    z.union([
      z.strictObject({
        ...routeBase,
        number: numberSchema,
        extension: extensionSchema.optional(),
      }),
      z.strictObject({ ...routeBase, voicemail: z.literal(true) }),
    ]),
  )
  .superRefine((routes, context) => {
    for (const [key, { afterHours }] of Object.entries(routes))
      if (afterHours !== undefined && !Object.hasOwn(routes, afterHours))
        context.addIssue({ code: 'custom', path: [key, 'afterHours'], message: `there is no route "${afterHours}"` })
  })

/** Settings that every mode accepts and passes to `defineMode`. */
export type CallOptions = Pick<
  ModeDefinition<unknown>,
  'language' | 'voice' | 'turnTaking' | 'tuning' | 'patience' | 'grant' | 'greetingShield' | 'recordsGreeting'
>

const reactions = { autoReply: z.boolean(), interrupts: z.boolean().optional() }

const milliseconds = (least: number, most: number) => z.int().min(least).max(most)

const turnDetection = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('semantic'), eagerness: z.enum(['low', 'medium', 'high', 'auto']), ...reactions }),
  z.strictObject({
    kind: z.literal('server'),
    threshold: z.number().min(0).max(1).optional(),
    prefixPaddingMs: milliseconds(0, 5_000).optional(),
    silenceMs: milliseconds(50, 10_000).optional(),
    ...reactions,
  }),
  z.strictObject({ kind: z.literal('none') }),
])

/** At most four hours, after which carriers end a call; at least two minutes, or the warning would come with the greeting. */
const callLength = milliseconds(120_000, 4 * 3_600_000)

/** Checks {@link CallOptions}; include it in a mode's schema with `...callOptionsSchema.shape`. */
export const callOptionsSchema = z.strictObject({
  language: languageSchema.optional(),
  voice: z.string().trim().min(1).optional(),
  greetingShield: z.enum(['full', 'off']).optional(),
  recordsGreeting: z.boolean().optional(),
  turnTaking: z
    .strictObject({
      opening: turnDetection.optional(),
      conversation: turnDetection.optional(),
      minSpeechMs: milliseconds(0, 2_000).optional(),
    })
    .optional(),
  tuning: tuningSchema.optional(),
  patience: z
    .strictObject({
      silenceMs: milliseconds(1_000, 600_000).optional(),
      checkIns: z.int().min(0).max(10).optional(),
      keysMs: milliseconds(500, 30_000).optional(),
      maxDurationMs: callLength.optional(),
    })
    .optional(),
  grant: z
    .strictObject({
      toolCalls: z.int().min(1).max(1_000).optional(),
      toolCallsAtOnce: z.int().min(1).max(20).optional(),
      writes: z.int().min(0).max(200).optional(),
      rings: z.int().min(0).max(100).optional(),
      ringsPerPerson: z.int().min(0).max(100).optional(),
    })
    .optional(),
})

/** Checks that a dependency has the functions that a mode calls. */
export const portSchema = (...functions: readonly string[]) =>
  z.custom<object>(
    (port) =>
      typeof port === 'object' &&
      port !== null &&
      functions.every((name) => typeof (port as Record<string, unknown>)[name] === 'function'),
    `needs the functions ${functions.join(', ')}`,
  )

/** Checks the settings of a mode. Throws {@link ModeInvalid}, which names every wrong setting. */
export const checkSettings = (mode: string, schema: z.ZodObject, settings: unknown): void => {
  const checked = schema.safeParse(settings)
  if (checked.success) return
  throw new ModeInvalid(
    mode,
    checked.error.issues.map(({ path, message }) => ({ path: path as (string | number)[], message })),
  )
}
