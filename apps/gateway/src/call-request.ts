import { extensionSchema, GatewayError, readTelephone, type E164 } from '@llc-phone/core'
import type { DialRequest } from '@llc-phone/dialer'
import * as z from 'zod'
import type { GatewayDeps } from './deps.ts'
import { requireNumber } from './routes/parse.ts'

const name = z.string('must be a name').min(1, 'is empty').max(64, 'is too long')

/** What is asked for in `POST /outbound-call`. */
export const callRequest = z.strictObject({
  to: z.string('is missing: the number to call, like +14155550100').max(64, 'is too long'),
  extension: extensionSchema.optional(),
  from: z.string('must be a number of ours').max(64, 'is too long').optional(),
  mode: name.optional(),
  scenario: name.optional(),
  context: z.record(z.string(), z.unknown(), 'must be an object').optional(),
  // It ends up in the prompt.
  callerName: z
    .string('must be a name')
    .trim()
    .regex(/^[\p{L}\p{M}\p{N} '’.,&()-]{1,60}$/u, "must be 1 to 60 letters, digits, spaces or any of ' . , & ( ) -")
    .optional(),
  greet: z.enum(['immediately', 'afterSilence'], 'must be immediately or afterSilence').optional(),
  maxWaitSeconds: z
    .int('must be a whole number of seconds')
    .min(1, 'must be at least 1')
    .max(24 * 3_600, 'must be at most 86400: a day')
    .optional(),
})

/** A checked request for a call. */
export type CallRequest = z.output<typeof callRequest>

/** What a request is planned from: the settings in force, our numbers, whom we know. */
export type CallPlannerParts = Pick<GatewayDeps, 'outbound' | 'numbers'> & {
  readonly contacts: Pick<GatewayDeps['contacts'], 'find'>
}

/** Makes of a request what the dialer is asked for; rejects with `request_invalid`. */
export const createCallPlanner = (
  parts: CallPlannerParts,
): ((body: CallRequest) => Promise<Omit<DialRequest, 'requestHash'>>) => {
  const { outbound, numbers, contacts } = parts

  const senderOf = (text: string | undefined) => {
    if (text === undefined) return outbound.from
    const from = requireNumber(parts, text, 'from')
    if (from !== outbound.from && !numbers.list().some(({ number }) => number === from))
      throw new GatewayError(
        'request_invalid',
        'from is not one of our numbers: TWILIO_PHONE_NUMBER, or one that ./phone numbers list shows.',
      )
    return from
  }

  /** The contact's time zone, only to say times in it. If the contacts cannot be read, the gates decide what to do. */
  const zoneOf = async (to: E164): Promise<string | undefined> => {
    try {
      return (await contacts.find(to))?.timeZone
    } catch {
      return undefined
    }
  }

  return async (body) => {
    // Accepts "+14155550142 ext 22" too; refuses anything else with a suggestion.
    const telephone = readTelephone(body.to)
    const to = requireNumber(parts, telephone?.extension === undefined ? body.to : telephone.number, 'to')
    const extension = body.extension ?? telephone?.extension
    const from = senderOf(body.from)
    const { name: modeName, mode, origin } = outbound.resolve(body.mode)
    const { scenario, context, greet } = body
    const timeZone = await zoneOf(to)
    const plan = mode.plan({
      ...(timeZone === undefined ? {} : { timeZone }),
      ...(scenario === undefined ? {} : { scenario }),
      ...(context === undefined ? {} : { context }),
      ...(greet === undefined ? {} : { greet }),
    })
    const { callerName, maxWaitSeconds } = body
    return {
      to,
      ...(extension === undefined ? {} : { extension }),
      from,
      modeName,
      origin,
      plan,
      ...(callerName === undefined ? {} : { calleeName: callerName }),
      ...(maxWaitSeconds === undefined ? {} : { maxWaitMs: maxWaitSeconds * 1_000 }),
    }
  }
}
