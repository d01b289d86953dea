import type { E164, Route } from '@llc-phone/core'
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js'
import { mediaOriginOf } from './signature.ts'

/** The documents the gateway answers with. */
export interface Twiml {
  /** Joins the caller with the media stream of `token`. */
  stream(token: string): string
  /** Cold transfer: rings `number`, shows ours, and asks /twilio/after-dial how it went. */
  dial(number: E164, callerId: E164): string
  /** Apologises and rings the fallback route, or hangs up when there is none. */
  apology(callerId: E164 | undefined, route: Route | undefined): string
  hangUp(): string
  /** Nothing more to do: the call is over. */
  nothing(): string
}

/** People let a phone ring for about this long before they think nobody is there. */
const DIAL_TIMEOUT_SECONDS = 20

const APOLOGY = 'We are sorry, we cannot take your call at the moment.'

/** The SDK's builder escapes markup but throws on control characters, which callers' networks do send. */
// oxlint-disable-next-line no-control-regex
export const stripControl = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]/g, '')

/** TwiML for the given public origin. */
export const createTwiml = (publicUrl: string): Twiml => {
  const mediaOrigin = mediaOriginOf(publicUrl)
  return {
    stream(token) {
      const response = new VoiceResponse()
      response
        .connect({ action: `${publicUrl}/twilio/after-stream`, method: 'POST' })
        // No query string: Twilio strips it or fails the handshake (31920).
        .stream({ url: `${mediaOrigin}/media/${encodeURIComponent(token)}` })
      return response.toString()
    },
    dial(number, callerId) {
      const response = new VoiceResponse()
      response.dial(
        {
          action: `${publicUrl}/twilio/after-dial`,
          method: 'POST',
          timeout: DIAL_TIMEOUT_SECONDS,
          answerOnBridge: true,
          callerId,
        },
        stripControl(number),
      )
      return response.toString()
    },
    apology(callerId, route) {
      const response = new VoiceResponse()
      if (route && callerId) {
        response.say(`${APOLOGY} Please hold while we connect you with ${stripControl(route.label)}.`)
        response.dial({ timeout: DIAL_TIMEOUT_SECONDS, answerOnBridge: true, callerId }, stripControl(route.number))
        response.say('Nobody is available right now. Please call again later. Goodbye.')
      } else {
        response.say(`${APOLOGY} Please call again in a few minutes. Goodbye.`)
      }
      response.hangup()
      return response.toString()
    },
    hangUp() {
      const response = new VoiceResponse()
      response.hangup()
      return response.toString()
    },
    nothing: () => new VoiceResponse().toString(),
  }
}
