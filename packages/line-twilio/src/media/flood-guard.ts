import { createBudget, GatewayError, type LineListener } from '@llc-phone/core'

/** Twilio sends fifty frames a second; what a network has held back for half a minute may come at once. */
const FRAMES = { perSecond: 100, most: 1_500 }
/** Frames that are allowed at a time, so that most of them need no look at the budget. */
const AT_ONCE = 25
/** Faster than anybody presses keys. */
const KEYS = { perSecond: 10, most: 40 }
/** A stream that goes on after so many frames were dropped is ended. */
const MAX_DROPPED = 3_000

/** Keeps one media stream from taking more time than a stream may: what is too much is dropped before it is read. */
export interface FloodGuard {
  /** Whether a frame that came at this time (ms) is to be read. */
  mayRead(nowMs: number): boolean
  /** Whether a key pressed at this time counts. */
  mayPress(nowMs: number): boolean
}

/** Creates the guard of one stream; `end` is called once, when dropping does not help. */
export const createFloodGuard = (
  listener: Pick<LineListener, 'problem' | 'ignored'>,
  end: (error: GatewayError) => void,
): FloodGuard => {
  const frames = createBudget(FRAMES)
  const keys = createBudget(KEYS)
  let allowed = 0
  let dropped = 0

  const drop = (): false => {
    listener.ignored()
    dropped++
    if (dropped === 1)
      listener.problem(new GatewayError('line_flooded', 'The media stream sends too much: the excess is dropped.'))
    if (dropped === MAX_DROPPED)
      end(new GatewayError('line_flooded', 'The media stream went on sending too much and was ended.'))
    return false
  }

  return {
    mayRead(nowMs) {
      if (allowed > 0) {
        allowed--
        return true
      }
      if (!frames.take(nowMs, AT_ONCE)) return frames.take(nowMs) || drop()
      allowed = AT_ONCE - 1
      return true
    },
    mayPress: (nowMs) => keys.take(nowMs) || drop(),
  }
}
