import type { DeliverySecrets, MessageDestination } from '@llc-phone/delivery'
import type { Env } from './env.ts'

/** Where the environment sends messages; the first settings document begins with these. */
export const messageDestinations = (
  env: Pick<Env, 'MESSAGE_WEBHOOK_URL' | 'MESSAGE_EMAIL_TO'>,
): readonly MessageDestination[] =>
  [env.MESSAGE_WEBHOOK_URL, env.MESSAGE_EMAIL_TO].flatMap((to) => (to === undefined ? [] : [{ to }]))

/** What is needed to send them, whatever the destinations are. */
export const messageSecrets = (
  env: Pick<
    Env,
    | 'MESSAGE_WEBHOOK_URL'
    | 'MESSAGE_WEBHOOK_SECRET'
    | 'MESSAGE_EMAIL_FROM'
    | 'MESSAGE_EMAIL_SMTP_URL'
    | 'TWILIO_IS_SIMULATED'
  >,
): DeliverySecrets => ({
  webhookSecret: env.MESSAGE_WEBHOOK_SECRET,
  webhooksHere: env.TWILIO_IS_SIMULATED ? 'any' : [URL.parse(env.MESSAGE_WEBHOOK_URL ?? '')?.origin ?? ''],
  ...(env.MESSAGE_EMAIL_SMTP_URL !== undefined && env.MESSAGE_EMAIL_FROM !== undefined
    ? { email: { smtpUrl: env.MESSAGE_EMAIL_SMTP_URL, from: env.MESSAGE_EMAIL_FROM } }
    : {}),
})
