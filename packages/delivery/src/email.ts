import { isLoopback, plainText, telephoneText, type MessageKind, type StoredMessage } from '@llc-phone/core'
import type { Transporter } from 'nodemailer'
import * as z from 'zod'
import { quoted } from './quote.ts'

/** The mail server, and who the mails are from. */
export interface EmailSettings {
  /** `smtps://user:password@mail.example.com` or `smtp://…:587`, which must offer STARTTLS unless it is this machine. */
  readonly smtpUrl: string
  readonly from: string
}

/** Time limits; nodemailer's defaults are minutes long. */
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000, dnsTimeout: 10_000 }

/** Checks {@link EmailSettings}. */
export const smtpSchema = z.strictObject({
  smtpUrl: z
    .string()
    .refine((text) => ['smtp:', 'smtps:'].includes(URL.parse(text)?.protocol ?? ''), 'use an smtps: or smtp: address'),
  from: z.email(),
})

const WORDS: Readonly<Record<MessageKind, string>> = {
  message: 'Message',
  callback: 'Wish to be called back',
  visit: 'Wish to come by',
  recording: 'Recorded message',
  note: 'Note of the assistant',
}

const textOf = (message: StoredMessage, timeZone: string): string => {
  const { callerName, callerNumber: number, callerExtension: extension } = message
  const { text, urgency, kind = 'message', recipient, recordingUrl, createdAt, id } = message
  const telephone = number === null ? 'number withheld' : telephoneText({ number, extension })
  return [
    // Commas are removed from the caller's name, so that it cannot add a number of its own after one.
    `From: ${plainText(callerName, 80).replaceAll(',', '')}, ${telephone}`,
    ...(recipient === undefined ? [] : [`For: ${plainText(recipient, 80)}`]),
    ...(kind === 'message' ? [] : [`What: ${WORDS[kind]}`]),
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

/** Mails a message as plain text. Resolves when the server has taken it. */
export const createEmail = ({ smtpUrl, from }: EmailSettings) => {
  let transport: Promise<Transporter> | undefined
  return async (message: StoredMessage, to: string, timeZone: string): Promise<void> => {
    const urgent = message.urgency === 'urgent' ? 'Urgent: ' : ''
    transport ??= connectTo(smtpUrl)
    await (
      await transport
    ).sendMail({
      from,
      to,
      subject: `${urgent}Message from ${plainText(message.callerName, 60)}`,
      text: textOf(message, timeZone),
      // The same id at every attempt, so that mail programs recognise a duplicate.
      messageId: `<${message.id}@${from.split('@')[1]}>`,
    })
  }
}
