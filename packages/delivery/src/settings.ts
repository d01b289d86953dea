import { GatewayError, issueSentences } from '@llc-phone/core'
import type * as z from 'zod'

/** Throws `config_invalid` that names what is wrong in `what`, without repeating it: there are passwords in it. */
export const checkSettings = (what: string, schema: z.ZodType, settings: unknown): void => {
  const checked = schema.safeParse(settings)
  if (checked.success) return
  const problems = issueSentences(checked.error)
  throw new GatewayError('config_invalid', `The delivery of ${what} has mistakes: ${problems.join('; ')}.`)
}
