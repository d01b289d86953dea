import { e164, type E164 } from '@llc-phone/core'
import twilioSignatures from 'twilio/lib/webhooks/webhooks.js'

export const PUBLIC_URL = 'https://phone.example.com'
export const AUTH_TOKEN = '0123456789abcdef0123456789abcdef'
export const OURS: E164 = e164('+14155550101')
export const SUPPORT: E164 = e164('+14155550112')

/** A CallSid that ends in `n`. */
export const callSidOf = (n: number): string => `CA${n.toString(16).padStart(32, '0')}`

/** Twilio's signature, by Twilio's own function. */
export const sign = (url: string, parameters: Record<string, unknown> = {}, secret = AUTH_TOKEN): string =>
  twilioSignatures.getExpectedTwilioSignature(secret, url, parameters)
