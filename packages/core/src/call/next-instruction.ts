import type { PersonRoute, Route } from '../route.ts'
import type { Departure, TransferOutcome } from './state.ts'

/** What Twilio is to do with the caller now. */
export type NextInstruction =
  | { readonly kind: 'stream'; readonly token: string }
  | { readonly kind: 'dial'; readonly number: PersonRoute['number']; readonly label: string }
  | { readonly kind: 'record'; readonly route: string; readonly label: string }
  | { readonly kind: 'conference'; readonly name: string }
  /** Tones first, then the stream again. */
  | { readonly kind: 'keys'; readonly digits: string; readonly token: string }
  | { readonly kind: 'hangUp' }
  | { readonly kind: 'fallback'; readonly route?: Route }

/** What has become of a caller while their media socket was away. */
export interface AwayReport {
  readonly transfer?: TransferOutcome
  /** `lost`: the caller spoke, but the message could not be kept. */
  readonly voicemail?: 'recorded' | 'empty' | 'lost'
}

/** Who takes callers when the model is not to be had. */
export const fallbackInstruction = (route: Route | undefined): NextInstruction => ({
  kind: 'fallback',
  ...(route ? { route } : {}),
})

/** What Twilio is told once the last words were heard. */
export const instructionFor = (
  departure: Departure,
  fallback: Route | undefined,
  mediaToken: () => string,
): NextInstruction => {
  switch (departure.kind) {
    case 'transfer':
      return { kind: 'dial', number: departure.number, label: departure.label }
    case 'voicemail':
      return { kind: 'record', route: departure.route, label: departure.label }
    case 'conference':
      return { kind: 'conference', name: departure.name }
    case 'keys':
      return { kind: 'keys', digits: departure.digits, token: mediaToken() }
    case 'fallback':
      return fallbackInstruction(fallback)
    case 'hangUp':
      return { kind: 'hangUp' }
  }
}
