import * as z from 'zod'
import { weeklyHoursSchema } from './business.ts'
import { tryE164 } from './e164.ts'
import { GatewayError } from './errors.ts'

const routeBase = {
  label: z.string().trim().min(1).max(60),
  when: z.string().trim().min(1).max(120).optional(),
  hours: weeklyHoursSchema.optional(),
  afterHours: z.string().optional(),
}

/** Checks {@link Routes}: keys the model can name, numbers in E.164 form, labels that can be spoken, detours that exist. */
export const routesSchema = z
  .record(
    z.string().regex(/^[a-z][a-zA-Z0-9_]{0,31}$/, 'a route key is a word, like "sales"'),
    z.union([
      z.strictObject({
        ...routeBase,
        number: z.string().refine((text) => tryE164(text) !== undefined, 'write it in E.164 form, like "+14155550100"'),
      }),
      z.strictObject({ ...routeBase, voicemail: z.literal(true) }),
    ]),
  )
  .superRefine((routes, context) => {
    for (const [key, { afterHours }] of Object.entries(routes))
      if (afterHours !== undefined && !(afterHours in routes))
        context.addIssue({ code: 'custom', path: [key, 'afterHours'], message: `there is no route "${afterHours}"` })
  })

/** Checks that a dependency has the functions a mode will call. */
export const portSchema = (...functions: readonly string[]) =>
  z.custom<object>(
    (port) =>
      typeof port === 'object' &&
      port !== null &&
      functions.every((name) => typeof (port as Record<string, unknown>)[name] === 'function'),
    `needs the functions ${functions.join(', ')}`,
  )

/** Checks a mode's settings as it is built. Throws `mode_invalid` and names the setting. */
export const checkSettings = (mode: string, schema: z.ZodObject, settings: unknown): void => {
  const checked = schema.safeParse(settings)
  if (checked.success) return
  const problems = checked.error.issues.map(({ path, message }) => `${path.join('.') || 'settings'}: ${message}`)
  throw new GatewayError('mode_invalid', `Mode "${mode}": ${problems.join('; ')}.`)
}
