import type { Disposition, LegStatus } from '@llc-phone/core'

/** How a call that is over at the carrier ended; `undefined` while it is not. `hadMedia`: we have heard each other. */
export const dispositionOf = (status: LegStatus, hadMedia: boolean): Disposition | undefined => {
  switch (status) {
    case 'busy':
      return 'busy'
    case 'no_answer':
      return 'no_answer'
    case 'failed':
      return 'failed'
    case 'canceled':
      return 'canceled'
    case 'completed':
      return hadMedia ? 'caller_hung_up' : 'never_connected'
    default:
      return undefined
  }
}

/** Whether somebody, or something, has picked up. */
export const isAnswered = (status: LegStatus): boolean => status === 'answered'
