import * as z from 'zod'
import { tryE164 } from './e164.ts'
import { GatewayError } from './errors.ts'

/** Checks {@link Routes}: keys the model can name, numbers in E.164 form, labels that can be spoken. */
export const routesSchema = z.record(
  z.string().regex(/^[a-z][a-zA-Z0-9_]{0,31}$/, 'a route key is a word, like "sales"'),
  z.strictObject({
    number: z.string().refine((text) => tryE164(text) !== undefined, 'write it in E.164 form, like "+14155550100"'),
    label: z.string().trim().min(1).max(60),
    when: z.string().trim().min(1).max(120).optional(),
  }),
)

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
