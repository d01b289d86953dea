import { GatewayError } from '@llc-phone/core'

/** Two seconds of nothing but audio that cannot be read: more than an accident. */
const MAX_ODD_FRAMES = 100
const WITHIN_MS = 10_000

/** Frames of a live stream that are passed over, so that one odd frame does not end a conversation. */
export interface OddFrames {
  /** Notes one of a kind. Returns an error once there are too many of them for a stream to be in order. */
  ignore(kind: string, error: GatewayError): GatewayError | undefined
  /** Notes an event that Twilio may have added since; of these there can be any number. */
  ignoreUnknown(): void
}

/** `tell` hears of the first of each kind, `count` of every single one. */
export const createOddFrames = (
  now: () => number,
  tell: (error: GatewayError) => void,
  count: () => void,
): OddFrames => {
  const told = new Set<string>()
  let since = now()
  let recent = 0

  const note = (kind: string, error: GatewayError): void => {
    count()
    if (told.has(kind)) return
    told.add(kind)
    tell(error)
  }

  return {
    ignore(kind, error) {
      note(kind, error)
      if (now() - since > WITHIN_MS) {
        since = now()
        recent = 0
      }
      if (++recent <= MAX_ODD_FRAMES) return undefined
      return new GatewayError('frame_invalid', 'Too much of what the media stream sends cannot be read.')
    },
    ignoreUnknown() {
      note('unknown', new GatewayError('frame_invalid', 'An unknown media stream event was ignored.'))
    },
  }
}
