import type { E164 } from '@llc-phone/core'

/** The do-not-call list. */
export interface DoNotCallPort {
  /** Durable when it resolves; the same number again changes nothing. */
  add(entry: {
    readonly number: E164
    readonly reason?: string
    readonly source: 'call'
    readonly callId: string
  }): Promise<void>
}

/** Stores notes about a call for colleagues. */
export interface NotesPort {
  /** Durable when it resolves. */
  add(note: { readonly callId: string; readonly text: string }): Promise<void>
}

/** A free time as the calendar names it; the model never sees `id`. */
export interface OpenSlot {
  readonly id: string
  readonly service: string
  readonly startsAt: Date
}

/** Free times when the wish itself cannot be met. */
export interface OtherSlots {
  readonly slots: readonly OpenSlot[]
  /** Why the wish cannot be met, for the model: `closed_day`, and the reason in a sentence. */
  readonly unmet: { readonly status: string; readonly why: string }
}

/** A calendar that can be booked. A `ToolError` it throws is what the model hears. */
export interface AppointmentsPort {
  /**
   * Soonest first. `from` is a local date or time of the business, `2026-03-09` or `2026-03-09T14:00`, that is not past.
   * When the wished day is closed, full or too far ahead, the answer says so.
   */
  openSlots(
    request: { readonly from?: string; readonly service?: string },
    signal: AbortSignal,
  ): Promise<readonly OpenSlot[] | OtherSlots>
  /** Durable when it resolves; the same wish again is `booked` again. */
  book(request: {
    readonly slotId: string
    readonly callee: { readonly number: E164; readonly name?: string }
    readonly callId: string
  }): Promise<'booked' | 'taken'>
}
