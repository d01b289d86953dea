import type { Language } from '@llc-phone/core'
import type VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js'

type SayAttributes = VoiceResponse.SayAttributes

/**
 * How Twilio speaks each language. Both are given: without them an account's own defaults apply, and a voice that does not
 * speak the language fails the verb (twilio.com/docs/voice/twiml/say).
 */
const VOICES: Readonly<Record<Language, Required<Pick<SayAttributes, 'language' | 'voice'>>>> = {
  en: { language: 'en-US', voice: 'Polly.Joanna-Neural' },
  es: { language: 'es-US', voice: 'Polly.Lupe-Neural' },
}

/** The SDK's builder escapes markup but throws on control characters, which callers' networks do send. */
export const stripControl = (text: string): string =>
  // oxlint-disable-next-line no-control-regex
  text.replace(/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/gu, '')

/** Adds `<Say>` in a language to a document, or to a verb within it. */
export const say = (
  to: Pick<VoiceResponse, 'say'>,
  language: Language,
  text: string,
  attributes: Pick<SayAttributes, 'loop'> = {},
): void => void to.say({ ...VOICES[language], ...attributes }, stripControl(text))
