import { isPerson, type E164, type Route } from '@llc-phone/core'
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js'
import { mediaOriginOf } from './signature.ts'
import { retried } from './retried.ts'

/** The TwiML documents of the line. */
export interface Twiml {
  /** Connects the caller with the media stream of `token`. */
  stream(token: string): string
  /** Presses keys towards the callee, then connects them with the media stream of `token`. */
  keys(digits: string, token: string): string
  /** Cold transfer: rings `number` with our number as caller id, presses the extension, then asks /twilio/after-dial. */
  dial(number: E164, callerId: E164, extension?: string): string
  /** Records a message for the route `key`, then asks /twilio/after-record. */
  record(key: string): string
  /** Puts a leg into the conference of caller and person; it ends when either leaves. */
  conference(room: string, leg: 'caller' | 'person'): string
  /**
   * The introduction for a person who is rung for a caller; only a key connects them. `path` names the attempt. Behind an
   * extension it is repeated: their telephone may still be ringing.
   */
  askPerson(introduction: string, path: string, isBehindExtension?: boolean): string
  /** Says something and hangs up. */
  farewell(text: string): string
  /**
   * Apologises, then rings or records at the fallback route and asks /twilio/after-fallback, or hangs up when there is none.
   * `interrupts`: the caller was in a conversation.
   */
  apology(callerId: E164 | undefined, route: Route | undefined, interrupts?: boolean): string
  /** Says goodbye to a caller whose fallback cannot be reached either. */
  nobodyThere(): string
  /** Apologises to a callee and hangs up: nobody else is rung for them. */
  calleeApology(): string
  hangUp(): string
  /** An empty document, for a call that is over. */
  nothing(): string
}

/** How long callers let a telephone ring before they give up. */
const DIAL_TIMEOUT_SECONDS = 20

/** How long a person has to press a key; a voicemail box never does. */
const ANSWER_TIMEOUT_SECONDS = 6

/** How often the introduction is repeated behind an extension: from the switchboard's answer to the person's. */
const EXTENSION_REPEATS = 3

const MESSAGE_SECONDS = 120

/** Route key of messages that callers leave because the model is not available. */
export const FALLBACK_ROUTE = 'fallback'

/** Twilio's pause of half a second, before keys: the other end must be listening. */
const KEY_PAUSE = 'ww'

/** The keys of an extension in Twilio's form; no pause is added if the operator has written some. */
export const keysOfExtension = (extension: string): string =>
  stripControl(/^w/i.test(extension) ? extension : `${KEY_PAUSE}${extension}`)

const sendDigits = (extension: string | undefined) =>
  extension === undefined ? {} : { sendDigits: keysOfExtension(extension) }

const APOLOGY = 'We are sorry, we cannot take your call at the moment.'
/** For a caller in a conversation. */
const INTERRUPTION = 'We are sorry, the assistant has to leave this call now.'

const CALLEE_APOLOGY = 'We are sorry, there is a technical problem. We will try again later. Goodbye.'

/** The SDK's builder escapes markup but throws on control characters, which callers' networks do send. */
export const stripControl = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replace(/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/gu, '')

const farewell = (text: string): string => {
  const response = new VoiceResponse()
  response.say(stripControl(text))
  response.hangup()
  return response.toString()
}

/** Ends the call of a caller whose person has left. */
export const personGoneDocument = (): string =>
  farewell('The other side has left the call. If you need anything else, please call again. Goodbye.')

/** Makes the TwiML for the given public origin. */
export const createTwiml = (url: string): Twiml => {
  const publicUrl = new URL(url).origin
  const mediaOrigin = mediaOriginOf(url)

  const connect = (response: VoiceResponse, token: string) => {
    response
      .connect({ action: retried(`${publicUrl}/twilio/after-stream`), method: 'POST' })
      // No query string: Twilio strips it or fails the handshake (31920).
      .stream({ url: `${mediaOrigin}/media/${encodeURIComponent(token)}` })
    return response.toString()
  }

  const recordOn = (response: VoiceResponse, key: string) => {
    const asked = `${publicUrl}/twilio/after-record/${encodeURIComponent(key)}`
    response.record({
      action: retried(asked),
      method: 'POST',
      maxLength: MESSAGE_SECONDS,
      playBeep: true,
      finishOnKey: '#',
      recordingStatusCallback: retried(`${publicUrl}/twilio/recording`),
    })
    // An empty recording asks no action: the next verb runs.
    response.redirect({ method: 'POST' }, retried(`${asked}?empty=1`))
    return response.toString()
  }

  return {
    stream: (token) => connect(new VoiceResponse(), token),
    keys(digits, token) {
      const response = new VoiceResponse()
      response.play({ digits: `${KEY_PAUSE}${digits.replace(/[^0-9*#w]/gi, '')}` })
      return connect(response, token)
    },
    dial(number, callerId, extension) {
      const response = new VoiceResponse()
      const dial = response.dial({
        action: retried(`${publicUrl}/twilio/after-dial`),
        method: 'POST',
        timeout: DIAL_TIMEOUT_SECONDS,
        answerOnBridge: true,
        callerId,
      })
      dial.number(
        {
          statusCallback: retried(`${publicUrl}/twilio/dial-status`),
          statusCallbackMethod: 'POST',
          statusCallbackEvent: ['answered', 'completed'],
          ...sendDigits(extension),
        },
        stripControl(number),
      )
      return response.toString()
    },
    record: (key) => recordOn(new VoiceResponse(), key),
    conference(room, leg) {
      const response = new VoiceResponse()
      const action = leg === 'caller' ? { action: retried(`${publicUrl}/twilio/after-dial`), method: 'POST' } : {}
      response
        .dial(action)
        .conference({ startConferenceOnEnter: true, endConferenceOnExit: true, beep: 'false' }, stripControl(room))
      return response.toString()
    },
    askPerson(introduction, path, isBehindExtension = false) {
      const response = new VoiceResponse()
      response
        .gather({
          numDigits: 1,
          timeout: ANSWER_TIMEOUT_SECONDS,
          action: retried(`${publicUrl}/twilio/person-answer/${path}`),
          method: 'POST',
          actionOnEmptyResult: true,
        })
        .say(
          isBehindExtension ? { loop: EXTENSION_REPEATS } : {},
          `${stripControl(introduction)} Press 1 to take the call.`,
        )
      response.hangup()
      return response.toString()
    },
    farewell,
    nobodyThere: () => farewell('Nobody is available right now. Please call again later. Goodbye.'),
    calleeApology: () => farewell(CALLEE_APOLOGY),
    apology(callerId, route, interrupts = false) {
      const response = new VoiceResponse()
      const sorry = interrupts ? INTERRUPTION : APOLOGY
      if (route && !isPerson(route)) {
        response.say(`${sorry} Please leave a message after the tone.`)
        return recordOn(response, FALLBACK_ROUTE)
      }
      if (route && callerId) {
        response.say(`${sorry} Please hold while we connect you with ${stripControl(route.label)}.`)
        // No verb after <Dial>: it would run after a successful call too. The action URL decides.
        const action = retried(`${publicUrl}/twilio/after-fallback`)
        const options = {
          action,
          method: 'POST',
          timeout: DIAL_TIMEOUT_SECONDS,
          answerOnBridge: true,
          callerId,
        }
        const number = stripControl(route.number)
        if (route.extension === undefined) response.dial(options, number)
        else response.dial(options).number(sendDigits(route.extension), number)
      } else {
        response.say(`${sorry} Please call again in a few minutes. Goodbye.`)
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
