import type { Clock } from '../clock.ts'
import { isWrittenByUs } from './items.ts'
import type { ReadError } from './server-errors.ts'
import type { ClientEvent, ResponseOptions, ServerEvent, WireError, WireResponse } from './protocol.ts'

/** Priming speeds up the first reply; it must not delay the call by more than this. */
const PRIMING_TIMEOUT_MS = 3_000
/** Items of the response that are deleted; it has one. */
const MAX_WRITTEN = 100
/** How long to wait for the cancelled response to end. */
const CANCEL_TIMEOUT_MS = 2_000
/** The request; any length is enough to run the whole prompt through the model once. */
const ASKED: ResponseOptions = { output_modalities: ['text'], tool_choice: 'none', max_output_tokens: 16 }

/** One response as text before anybody is on the line, so that the first reply a person waits for is not the model's first. */
export interface Priming {
  /** Takes an event that belongs to the priming response; `true` if it did. */
  take(event: ServerEvent): boolean
  /** Takes an error about the priming response; `true` if it was one. */
  refused(error: ReadError, wire?: WireError): boolean
  stop(): void
}

/** Where a priming reports to. */
export interface PrimingOptions {
  readonly clock: Clock
  send(event: ClientEvent): string
  /** The call need not wait any more. */
  done(): void
  /** The response has ended; it is billed also when it was cancelled. */
  used(response: WireResponse): void
  /** Whether the error names a field of the request, which is left out from now on. */
  leavesOut?(wire: WireError, asked: ResponseOptions): boolean
  /** The response took too long and was cancelled; the server is busy with it until `freed`. */
  overran(): void
  freed(): void
}

/** Sends the request; what the model writes is deleted from the conversation. */
export const startPriming = (options: PrimingOptions): Priming => {
  const { clock, send, done, used, leavesOut, overran, freed } = options
  let phase: 'running' | 'overrun' | 'over' = 'running'
  let responseId: string | undefined
  const written: string[] = []
  const ask = (): string => send({ type: 'response.create', response: ASKED })
  let eventId = ask()

  let cancelEventId: string | undefined
  let timer = clock.after(PRIMING_TIMEOUT_MS, () => {
    phase = 'overrun'
    overran()
    cancelEventId = send({ type: 'response.cancel', ...(responseId ? { response_id: responseId } : {}) })
    timer = clock.after(CANCEL_TIMEOUT_MS, finish)
    done()
  })
  const finish = (): void => {
    timer.stop()
    const late = phase === 'overrun'
    phase = 'over'
    for (const item_id of written) send({ type: 'conversation.item.delete', item_id })
    if (late) freed()
    else done()
  }

  return {
    take(event) {
      if (phase === 'over') return false
      switch (event.type) {
        case 'response.created':
          if (responseId !== undefined) return false
          responseId = event.response?.id ?? ''
          return true
        case 'conversation.item.added':
          if (event.item?.role !== 'assistant' || isWrittenByUs(event.item)) return false
          if (event.item.id && written.length < MAX_WRITTEN) written.push(event.item.id)
          return true
        case 'response.output_item.done':
          return true
        case 'response.done':
          if (responseId && event.response?.id && event.response.id !== responseId) return false
          used(event.response ?? {})
          finish()
          return true
        default:
          return false
      }
    },
    refused({ event_id }, wire = {}) {
      if (event_id === undefined) return false
      // The request, or its cancellation, was refused.
      if (phase === 'over' || (event_id !== eventId && event_id !== cancelEventId)) return false
      if (phase === 'running' && event_id === eventId && leavesOut?.(wire, ASKED)) eventId = ask()
      else finish()
      return true
    },
    stop: () => timer.stop(),
  }
}
