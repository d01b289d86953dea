import { GatewayError } from '@llc-phone/core'

/** Two seconds of unreadable audio: no accident any more. */
const MAX_ODD_FRAMES = 100
const WITHIN_MS = 10_000

/** Counts invalid frames of a live stream, which are ignored so that one of them does not end a conversation. */
export interface OddFrames {
  /** Counts an invalid frame. Returns an error once there are too many. */
  ignore(kind: string, error: GatewayError): GatewayError | undefined
  /** Counts an unknown event, which Twilio may have added; there is no limit. */
  ignoreUnknown(): void
}

/** `tell` gets the first of each kind, `count` every one. */
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
      return new GatewayError('frame_invalid', 'The media stream has sent too many invalid frames.')
    },
    ignoreUnknown() {
      note('unknown', new GatewayError('frame_invalid', 'An unknown media stream event was ignored.'))
    },
  }
}
