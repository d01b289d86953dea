import { isAmong, isLoopback, type Message } from '@llc-phone/core'
import * as z from 'zod'
import { smtpSchema } from './email.ts'
import { isSafeUrl, webhookSecretSchema } from './webhook.ts'

/** Where messages go, as the settings document has it. */
export interface MessageDestination {
  /** An e-mail address or the URL of a webhook: `https:`, or `http:` on this machine. */
  readonly to: string
  /** Only messages for these people or departments; all when absent. */
  readonly for?: readonly string[] | undefined
  readonly urgentOnly?: boolean | undefined
}

/** What the environment has for sending; secrets are in no document. */
export interface DeliverySecrets {
  /** Shared with the receivers of webhooks, as Standard Webhooks writes it: `whsec_` and base64 of 24 to 64 random bytes. */
  readonly webhookSecret?: string | undefined
  readonly email?: { readonly smtpUrl: string; readonly from: string } | undefined
  /**
   * Origins on this machine that webhooks may lead to, none when absent. Whoever may change the document is not whoever has this
   * machine: without it they could have the gateway post to any program that listens here.
   */
  readonly webhooksHere?: 'any' | readonly string[] | undefined
}

/** Something about the destinations that an operator should know. */
export interface DestinationFinding {
  /** `messages.0.to` */
  readonly path: string
  readonly message: string
  readonly severity: 'error' | 'warning'
}

/** Checks {@link DeliverySecrets}. */
export const secretsSchema = z.object({
  webhookSecret: webhookSecretSchema.optional(),
  email: smtpSchema.optional(),
})

/** What kind of destination: by its form. */
export const kindOf = (to: string): 'webhook' | 'email' => (/^https?:/i.test(to) ? 'webhook' : 'email')

/** A destination for people and logs: an address, or the host of a webhook, because its path may be a secret. */
export const shownDestination = (to: string): string => {
  if (to === 'webhook' || to === 'email') return to
  return kindOf(to) === 'email' ? to : `webhook at ${URL.parse(to)?.host ?? 'an unreadable address'}`
}

/** "Dr. Lopez" is Dr. Elena Lopez, and "the sales department" is Sales. */
const isFor = (recipient: string, name: string): boolean => isAmong(recipient, name) || isAmong(name, recipient)

/** The destinations that this message goes to, by what it is for and how urgent it is. */
export const destinationsFor = (
  { recipient, urgency }: Pick<Message, 'recipient' | 'urgency'>,
  destinations: readonly MessageDestination[],
): string[] => {
  const meant = destinations.filter(
    ({ for: names, urgentOnly = false }) =>
      (!urgentOnly || urgency === 'urgent') &&
      (names === undefined || (recipient !== undefined && names.some((name) => isFor(recipient, name)))),
  )
  return [...new Set(meant.map(({ to }) => to))]
}

/** Why a webhook must not be posted to. */
const whyUnsafe = (to: string, { webhooksHere = [] }: DeliverySecrets): string | undefined => {
  if (!isSafeUrl(to)) return 'a webhook has an https: address without a password in it; http: only on this machine'
  if (!isLoopback(to) || webhooksHere === 'any' || webhooksHere.includes(URL.parse(to)!.origin)) return undefined
  return 'a webhook to this machine counts only where MESSAGE_WEBHOOK_URL has the same beginning (an https: address elsewhere is fine)'
}

/** Why nothing can be sent there: a sentence for operators; `undefined` when it can. */
export const obstacleTo = (to: string, secrets: DeliverySecrets): string | undefined => {
  if (kindOf(to) === 'email')
    return secrets.email
      ? undefined
      : 'MESSAGE_EMAIL_SMTP_URL and MESSAGE_EMAIL_FROM are not set: without them no mail is sent'
  const unsafe = whyUnsafe(to, secrets)
  if (unsafe !== undefined) return unsafe
  return secrets.webhookSecret === undefined
    ? 'MESSAGE_WEBHOOK_SECRET is not set: without it nothing is posted'
    : undefined
}

/**
 * What is wrong with destinations, for whoever publishes them: an address that must not be posted to is an error, a secret that
 * is not set and messages that go nowhere are warnings.
 */
export const destinationFindings = (
  destinations: readonly MessageDestination[],
  secrets: DeliverySecrets,
): DestinationFinding[] => {
  const found = destinations.flatMap(({ to }, index): DestinationFinding[] => {
    const message = obstacleTo(to, secrets)
    if (message === undefined) return []
    const isUnsafe = kindOf(to) === 'webhook' && whyUnsafe(to, secrets) !== undefined
    return [{ path: `messages.${index}.to`, message, severity: isUnsafe ? 'error' : 'warning' }]
  })
  const takesAll = destinations.some(({ for: names, urgentOnly = false }) => names === undefined && !urgentOnly)
  if (destinations.length > 0 && !takesAll)
    found.push({
      path: 'messages',
      message: 'messages for nobody in particular, or that are not urgent, go nowhere: they wait to be read',
      severity: 'warning',
    })
  return found
}
