import type { E164 } from '@llc-phone/core'
import * as z from 'zod'
import type { RestAccount } from './rest-transport.ts'
import { parseSharedKeys } from './shared-keys.ts'

/** Schemas shared with other parts of the environment. */
export interface EnvFields {
  /** A required text; `hint` says where to find it. */
  text(hint: string): z.ZodString
  /** One of our numbers. */
  readonly phoneNumber: z.ZodType<E164, string>
  /** A URL with one of these schemes. */
  url(protocols: readonly string[], example: string): z.ZodType<string, string>
}

const sharedKeys = z.string().transform((value, check) => {
  const keys = parseSharedKeys(value)
  if (typeof keys !== 'string') return keys
  check.addIssue({ code: 'custom', message: keys })
  return z.NEVER
})

const TWILIO_API = 'https://api.twilio.com'

/** The line's part of the environment. */
export const twilioEnv = ({ text, phoneNumber, url }: EnvFields) => ({
  TWILIO_ACCOUNT_SID: text('it starts with AC and stands on the Twilio Console home page').regex(
    /^AC[0-9a-f]{32}$/i,
    'must be AC followed by 32 hexadecimal digits (an API key, SK…, does not verify signatures)',
  ),
  TWILIO_AUTH_TOKEN: text('it stands beside the account SID; several, separated by commas, allow rotation').transform(
    (value) =>
      value
        .split(',')
        .map((token) => token.trim())
        .filter(Boolean),
  ),
  TWILIO_WEBHOOK_SHARED_KEYS: sharedKeys.optional(),
  TWILIO_PHONE_NUMBER: phoneNumber,
  TWILIO_API_URL: url(['https:', 'http:'], TWILIO_API).optional(),
  TWILIO_EDGE: z.string().optional(),
  TWILIO_REGION: z.string().optional(),
})

/** The result of {@link twilioEnv}. */
export type TwilioEnv = z.output<z.ZodObject<ReturnType<typeof twilioEnv>>>

const bothOrNeither = (name: string): string =>
  `is missing: ${name} without it leads to a host that does not exist. Set both or neither`

/** Mistakes between variables that are each valid, by the name of the variable to set. */
export const twilioEnvProblems = ({
  TWILIO_AUTH_TOKEN: tokens,
  TWILIO_EDGE: edge,
  TWILIO_REGION: region,
}: Pick<TwilioEnv, 'TWILIO_AUTH_TOKEN' | 'TWILIO_EDGE' | 'TWILIO_REGION'>): ReadonlyMap<string, string> => {
  const problems = new Map<string, string>()
  if (edge !== undefined && region === undefined) problems.set('TWILIO_REGION', bothOrNeither('TWILIO_EDGE'))
  if (region !== undefined && edge === undefined) problems.set('TWILIO_EDGE', bothOrNeither('TWILIO_REGION'))
  if (tokens.length === 0) problems.set('TWILIO_AUTH_TOKEN', 'holds no token')
  return problems
}

/** Values that must never appear in a log line. */
export const twilioSecrets = (
  env: Pick<TwilioEnv, 'TWILIO_AUTH_TOKEN' | 'TWILIO_WEBHOOK_SHARED_KEYS'>,
): readonly string[] => [...env.TWILIO_AUTH_TOKEN, ...(env.TWILIO_WEBHOOK_SHARED_KEYS?.values() ?? [])]

/** The address of the REST API. */
export const restUrlOf = ({ TWILIO_API_URL = TWILIO_API }: Pick<TwilioEnv, 'TWILIO_API_URL'>): string => TWILIO_API_URL

/** The account of the environment; `agent` makes the connections to {@link restUrlOf}. */
export const twilioAccount = (env: TwilioEnv, agent: RestAccount['agent']): RestAccount => ({
  accountSid: env.TWILIO_ACCOUNT_SID,
  authToken: env.TWILIO_AUTH_TOKEN[0]!,
  apiUrl: env.TWILIO_API_URL,
  edge: env.TWILIO_EDGE,
  region: env.TWILIO_REGION,
  agent,
})
