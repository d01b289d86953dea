import type { ToolContext } from '@llc-phone/core'
import type { OpenSlot } from './ports.ts'
import type { ScenarioCall } from './scenario.ts'

/** Result of an opt-out: stored in the list, noted for colleagues, or stored nowhere. */
export type OptOut = 'stored' | 'passed_on' | 'lost'

/** A time this call was offered. */
export interface OfferedSlot {
  readonly slot: OpenSlot
  /** The time zone of the request, if it is neither the callee's nor ours. */
  readonly zone?: string
  /** The booking being made of it: the same tool call delivered twice waits for the same one. */
  booking?: Promise<'booked' | 'taken'>
}

/** The memory of one outbound call. The model only names keys of these maps. */
export interface OutboundKnown {
  readonly call: ScenarioCall
  /** The callee's time zone, if it is known. */
  readonly timeZone?: string
  /** By the id the model was told, such as `slot-1`. */
  readonly slots: Map<string, OfferedSlot>
  /** Times offered so far, so that no id comes twice. */
  offers: number
  /** Bookings asked for. */
  bookings: number
  optOut?: Promise<OptOut>
  /** What was last noted about something, such as the outcome: the same again is not noted twice. */
  readonly noted: Map<string, { readonly text: string; readonly stored: Promise<void> }>
}

/** What a tool of this mode is given. */
export type OutboundContext = ToolContext<OutboundKnown>

/** The memory of a new call. */
export const newlyKnown = (call: ScenarioCall, timeZone?: string): OutboundKnown => ({
  call,
  ...(timeZone === undefined ? {} : { timeZone }),
  slots: new Map(),
  offers: 0,
  bookings: 0,
  noted: new Map(),
})
