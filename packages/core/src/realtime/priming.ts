import type { Clock } from '../clock.ts'
import type { ReadError } from './server-errors.ts'
import type { ClientEvent, ResponseOptions, ServerEvent, WireError, WireResponse } from './protocol.ts'

/** It makes the first word faster; it must not make the call later. */
const PRIMING_TIMEOUT_MS = 3_000
/** A server that has lost it must not keep the assistant from its first word. */
const CANCEL_TIMEOUT_MS = 2_000
/** What is asked for; the length is enough to run the whole prompt through the model once. */
const ASKED: ResponseOptions = { output_modalities: ['text'], tool_choice: 'none', max_output_tokens: 16 }

/** One answer as text, asked for before anybody is on the line, so that the first one a person waits for is not the model's first. */
export interface Priming {
  /** Whether the event was about this answer, and is of no further interest. */
  take(event: ServerEvent): boolean
  /** Whether the error was about this answer. */
  refused(error: ReadError, wire?: WireError): boolean
  stop(): void
}

/** Where a priming reports to. */
export interface PrimingOptions {
  readonly clock: Clock
  send(event: ClientEvent): string
  /** The call need not wait for it any more. */
  done(): void
  /** What it took, also when it was cancelled: it is paid for all the same. */
  used(response: WireResponse): void
  /** Whether the error names something of the request that can be left out, and is from now on. */
  leavesOut?(wire: WireError, asked: ResponseOptions): boolean
  /** It took too long: it was cancelled, and the server is busy with it until `freed`. */
  overran(): void
  freed(): void
}

/** Asks at once. What the model wrote is deleted from the conversation. */
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
          if (event.item?.role !== 'assistant') return false
          if (event.item.id) written.push(event.item.id)
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
      // There is nothing to cancel, or there never was.
      if (phase === 'over' || (event_id !== eventId && event_id !== cancelEventId)) return false
      if (phase === 'running' && event_id === eventId && leavesOut?.(wire, ASKED)) eventId = ask()
      else finish()
      return true
    },
    stop: () => timer.stop(),
  }
}
