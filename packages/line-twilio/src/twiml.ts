import { fillIn, isPerson, wordsIn, type E164, type Language, type LanguageFile, type Route } from '@llc-phone/core'
import VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js'
import { mediaUrlOf } from './signature.ts'
import { retried } from './retried.ts'
import { say, stripControl } from './say.ts'

/** The sentences that end a call. */
export type Farewell = Exclude<
  keyof LanguageFile['sentences'],
  'unavailable' | 'interrupted' | 'leaveMessage' | 'connecting' | 'personAsked'
>

/** Who is rung for a caller, and what they are told. */
interface Asked {
  readonly label: string
  readonly introduction: string
  /** Their telephone may still be ringing behind an extension: the words are repeated. */
  readonly isBehindExtension?: boolean
}

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
  /** The introduction for a person who is rung for a caller; only a key connects them. `path` names the attempt. */
  askPerson(language: Language, asked: Asked, path: string): string
  /** Says a sentence and hangs up. */
  farewell(language: Language, sentence: Farewell): string
  /**
   * Apologises, then rings or records at the fallback route and asks /twilio/after-fallback, or hangs up when there is none.
   * `interrupts`: the caller was in a conversation.
   */
  apology(language: Language, callerId: E164 | undefined, route: Route | undefined, interrupts?: boolean): string
  hangUp(): string
  /** Has Twilio ask this address, after a pause (s). */
  redirect(url: string, afterS?: number): string
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

/** Says a sentence and hangs up. */
export const farewell = (language: Language, sentence: Farewell): string => {
  const response = new VoiceResponse()
  say(response, language, wordsIn(language).sentences[sentence])
  response.hangup()
  return response.toString()
}

/** Makes the TwiML; `publicUrl` stands before the path of every URL in it: an origin, with or without `/i/INSTANCE`. */
export const createTwiml = (publicUrl: string): Twiml => {
  const mediaUrl = mediaUrlOf(publicUrl)

  const connect = (response: VoiceResponse, token: string) => {
    response
      .connect({ action: retried(`${publicUrl}/twilio/after-stream`), method: 'POST' })
      // No query string: Twilio strips it or fails the handshake (31920).
      .stream({ url: `${mediaUrl}/media/${encodeURIComponent(token)}` })
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
    askPerson(language, { label, introduction, isBehindExtension = false }, path) {
      const response = new VoiceResponse()
      const gather = response.gather({
        numDigits: 1,
        timeout: ANSWER_TIMEOUT_SECONDS,
        action: retried(`${publicUrl}/twilio/person-answer/${path}`),
        method: 'POST',
        actionOnEmptyResult: true,
      })
      const text = fillIn(wordsIn(language).sentences.personAsked, { label, introduction })
      say(gather, language, text, isBehindExtension ? { loop: EXTENSION_REPEATS } : {})
      response.hangup()
      return response.toString()
    },
    farewell,
    apology(language, callerId, route, interrupts = false) {
      const response = new VoiceResponse()
      const words = wordsIn(language).sentences
      const apologise = (next: string): void =>
        say(response, language, `${interrupts ? words.interrupted : words.unavailable} ${next}`)
      if (route && !isPerson(route)) {
        apologise(words.leaveMessage)
        return recordOn(response, FALLBACK_ROUTE)
      }
      if (route && callerId) {
        apologise(words.connecting)
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
        apologise(words.callLater)
      }
      response.hangup()
      return response.toString()
    },
    hangUp() {
      const response = new VoiceResponse()
      response.hangup()
      return response.toString()
    },
    redirect(url, afterS = 0) {
      const response = new VoiceResponse()
      if (afterS > 0) response.pause({ length: afterS })
      response.redirect({ method: 'POST' }, retried(url))
      return response.toString()
    },
    nothing: () => new VoiceResponse().toString(),
  }
}
