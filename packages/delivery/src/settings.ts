import { GatewayError, issueSentences } from '@llc-phone/core'
import type * as z from 'zod'

/** Throws `config_invalid` that names the mistakes in `what` without repeating values: there are passwords among them. */
export const checkSettings = (what: string, schema: z.ZodType, settings: unknown): void => {
  const checked = schema.safeParse(settings)
  if (checked.success) return
  const problems = issueSentences(checked.error)
  throw new GatewayError('config_invalid', `The delivery of ${what} has mistakes: ${problems.join('; ')}.`)
}
