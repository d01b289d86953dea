import { isLoopback, plainText, telephoneText, timeZoneSchema, type StoredMessage } from '@llc-phone/core'
import type { Transporter } from 'nodemailer'
import * as z from 'zod'
import { quoted } from './quote.ts'

/** Settings of mail delivery. */
export interface EmailSettings {
  /** `smtps://user:password@mail.example.com` or `smtp://…:587`, which must offer STARTTLS unless it is this machine. */
  readonly smtpUrl: string
  readonly from: string
  readonly to: string | readonly string[]
  /** Times in the mail are of this zone; UTC when absent. */
  readonly timeZone?: string
}

/** Time limits; nodemailer's defaults are minutes long. */
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000, dnsTimeout: 10_000 }

/** Checks {@link EmailSettings}. */
export const emailSchema = z.strictObject({
  smtpUrl: z
    .string()
    .refine((text) => ['smtp:', 'smtps:'].includes(URL.parse(text)?.protocol ?? ''), 'use an smtps: or smtp: address'),
  from: z.email(),
  to: z.union([z.email(), z.array(z.email()).min(1).max(20)]),
  timeZone: timeZoneSchema.optional(),
})

const textOf = (message: StoredMessage, timeZone: string): string => {
  const { callerName, callerNumber: number, callerExtension: extension } = message
  const { text, urgency, recordingUrl, createdAt, id } = message
  const telephone = number === null ? 'number withheld' : telephoneText({ number, extension })
  return [
    // Commas are removed from the caller's name, so that it cannot add a number of its own after one.
    `From: ${plainText(callerName, 80).replaceAll(',', '')}, ${telephone}`,
    `When: ${createdAt.toLocaleString('en-US', { timeZone, dateStyle: 'full', timeStyle: 'short' })}`,
    ...(urgency === 'urgent' ? ['Urgent'] : []),
    '',
    quoted(text),
    ...(recordingUrl === undefined ? [] : ['', `Recording: ${recordingUrl.replaceAll(/\s/g, '')}`]),
    '',
    `Message ${id}`,
  ].join('\n')
}

/** Loaded with the first mail: it takes 19 MB of memory, which a gateway without messages does not need. */
const connectTo = async (smtpUrl: string): Promise<Transporter> => {
  const { createTransport } = await import('nodemailer')
  return createTransport({
    url: smtpUrl,
    ...TIMEOUTS,
    // Without encryption, passwords and callers' words may only go to a server on this machine.
    requireTLS: !isLoopback(smtpUrl),
    // Nothing in a message may make the mailer read a file or fetch an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

/** Mails a message as plain text. Resolves when the server has taken it for at least one address. */
export const createEmail = ({ smtpUrl, from, to, timeZone = 'UTC' }: EmailSettings) => {
  let transport: Promise<Transporter> | undefined
  return async (message: StoredMessage): Promise<void> => {
    const urgent = message.urgency === 'urgent' ? 'Urgent: ' : ''
    transport ??= connectTo(smtpUrl)
    await (
      await transport
    ).sendMail({
      from,
      to: typeof to === 'string' ? to : [...to],
      subject: `${urgent}Message from ${plainText(message.callerName, 60)}`,
      text: textOf(message, timeZone),
      // The same id at every attempt, so that mail programs recognise a duplicate.
      messageId: `<${message.id}@${from.split('@')[1]}>`,
    })
  }
}
