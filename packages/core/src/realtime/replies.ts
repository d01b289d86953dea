import type { Clock } from '../clock.ts'
import type { HeardPart, HistoryItem, ModelEvent } from '../model.ts'
import { createSideResponses } from './side-responses.ts'
import { recent } from '../recent.ts'
import { saneId } from './bounds.ts'
import { createDismissal } from './dismissal.ts'
import { createHistory } from './history.ts'
import { codeOf, type ReadError } from './server-errors.ts'
import { createItems, isWrittenByUs } from './items.ts'
import type { Meter } from './meter.ts'
import type {
  ClientEvent,
  IgnoredServerEvent,
  ServerEvent,
  SessionServerEvent,
  WireItem,
  WireResponse,
} from './protocol.ts'
import { createResponseQueue } from './response-queue.ts'
import { createToolCalls } from './tool-calls.ts'
import { outcomeOf, reasonOf, responseRetryAfterMs } from './translate.ts'

/** Whether an error without an event id can only be about a response. */
const isPlainlyAResponse = ({ code, type, param }: ReadError): boolean =>
  code === 'rate_limit_exceeded' || type === 'server_error' || param?.startsWith('response') === true

/** Makes an event type that no case handles a compile error. */
const isNotTaken = (_type: SessionServerEvent | IgnoredServerEvent): false => false

/** Items of an unwanted response that are deleted; it has a few. */
const MAX_UNWANTED = 100

/** The conversation of one session: responses, items, and turns that were noise. */
export interface Replies {
  /** Handles an event of the conversation; `false` if it is another event. */
  take(event: ServerEvent): boolean
  /** Whether the caller should hear this audio. Called for every delta. */
  hears(responseId: unknown, itemId: string): boolean
  /** Handles an error that may be about a response, or about an item of the history. */
  refused(error: ReadError): void
  write(item: { readonly role: 'user' | 'system' | 'assistant'; readonly text: string }): void
  /** Writes steps that happened on another connection. */
  remember(items: readonly HistoryItem[]): void
  answerTool(toolCallId: string, output: string): void
  ask(again?: boolean): void
  interrupt(heard: readonly HeardPart[], byItself: boolean): void
  dismissTurn(): void
  /** The server is busy with the priming response until `freed`. */
  occupied(): void
  freed(): void
  stop(): void
}

export interface RepliesOptions {
  readonly clock: Clock
  /** Sends an event and returns its id. */
  send(event: ClientEvent): string
  tell(event: ModelEvent): void
  onGarbled(): void
  readonly meter: Meter
  /** The transcription model, if known. */
  transcriber(): unknown
  /** Whether transcription is switched on. */
  writesCaller(): boolean
}

/** Tracks the responses of one session and reports each one to the call once. */
export const createReplies = ({
  clock,
  send,
  tell,
  onGarbled,
  meter,
  transcriber,
  writesCaller,
}: RepliesOptions): Replies => {
  // `replyStarted` was reported, `replyEnded` was not yet.
  let isReplying = false
  // The response to a dismissed turn, until it ends.
  let unwanted: { readonly itemIds: string[] } | undefined
  let lastResponseId: unknown
  let repliesToOutputs = false
  // Interrupted responses: their late deltas are dropped.
  const silenced = recent<unknown>(64)
  const items = createItems({ send, tell, onGarbled })
  const history = createHistory(items)
  const calls = createToolCalls(tell, onGarbled, history.knows)
  const sideResponses = createSideResponses((response) => meter.reportUnheard(meter.response(response)))
  const dismissal = createDismissal(clock, isWrittenByUs)

  /** Sends a waiting request unless another tool call of the response is still without output. */
  const flushIfComplete = (): void => {
    if (calls.open === 0) queue.flush()
  }

  const queue = createResponseQueue({
    clock,
    create: () => send({ type: 'response.create' }),
    cancel: (response_id) => send({ type: 'response.cancel', ...(response_id ? { response_id } : {}) }),
    gaveUp() {
      unwanted = undefined
      if (isReplying) ended({ outcome: 'cancelled', reason: 'unconfirmed' })
      queue.flush()
    },
  })

  const ended = (how: Omit<Extract<ModelEvent, { type: 'replyEnded' }>, 'type'>): void => {
    isReplying = false
    tell({ type: 'replyEnded', ...how })
  }

  const silence = (): void => {
    if (queue.busy) silenced.add(queue.activeId ?? lastResponseId)
  }

  const begin = (responseId: string | undefined): void => {
    const before = queue.activeId
    const whose = queue.started(responseId)
    if (whose === 'known') return
    if (isReplying) {
      silenced.add(before)
      ended({ outcome: 'cancelled', reason: 'superseded' })
    }
    unwanted = undefined
    calls.reset()
    if (responseId === undefined) silenced.delete(undefined)
    if (whose === 'theirs' && dismissal.takesResponse()) {
      unwanted = { itemIds: [] }
      queue.cut(false)
      return
    }
    if (queue.isCut) silenced.add(responseId)
    isReplying = true
    tell({ type: 'replyStarted' })
  }

  const onDone = (response: WireResponse): void => {
    const wasCut = queue.isCut
    const outcome = outcomeOf(response, wasCut)
    const responseId = saneId(response.id)
    const used = meter.response(response)
    if (!queue.ended(responseId, outcome === 'cancelled')) return meter.reportUnheard(used)
    if (responseId !== undefined) silenced.add(responseId)
    if (unwanted) {
      // Items can only be deleted once they are complete.
      for (const itemId of unwanted.itemIds) items.remove(itemId)
      unwanted = undefined
      meter.reportUnheard(used)
      return queue.flush()
    }
    if (!isReplying && outcome !== 'failed') tell({ type: 'replyStarted' })
    if (outcome === 'completed' && !wasCut && Array.isArray(response.output))
      for (const item of response.output as (WireItem | null)[]) calls.take(item ?? {})
    const reason = outcome === 'completed' ? undefined : reasonOf(response)
    const retryAfterMs = outcome === 'failed' ? responseRetryAfterMs(response) : undefined
    ended({
      outcome,
      // With a reason (a detected turn, another client) the cancellation was asked for.
      ...(outcome === 'cancelled' && !wasCut && reason === undefined ? { unasked: true } : {}),
      ...(used ? { usage: used } : {}),
      ...(reason === undefined ? {} : { reason }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    })
    // One reply for all outputs: while one is missing, the last of them asks for it.
    if (!(repliesToOutputs && calls.open > 0)) queue.flush()
  }

  const onItem = (item: WireItem, afterItemId: unknown): void => {
    const id = saneId(item.id)
    if (id === undefined) return
    if (dismissal.takesItem({ ...item, id })) return items.remove(id)
    if (unwanted && !isWrittenByUs(item) && (item.role === 'assistant' || item.type === 'function_call')) {
      if (unwanted.itemIds.length < MAX_UNWANTED) unwanted.itemIds.push(id)
      return
    }
    items.placed({ ...item, id }, afterItemId)
  }

  const onTranscript = (speaker: 'caller' | 'assistant', item: unknown, text: unknown): void => {
    const itemId = saneId(item)
    if (itemId === undefined || typeof text !== 'string') return onGarbled()
    if (dismissal.has(itemId) || unwanted?.itemIds.includes(itemId)) return
    items.transcript(speaker, itemId, text)
  }

  const dismissResponse = (): void => {
    if (!dismissal.takesResponse()) return
    silence()
    queue.cut(false)
  }

  return {
    take(event) {
      if (sideResponses.takes(event)) return true
      switch (event.type) {
        case 'input_audio_buffer.speech_started':
          dismissal.speechStarted(saneId(event.item_id))
          tell({ type: 'speechStarted' })
          return true
        case 'input_audio_buffer.speech_stopped':
          tell({ type: 'speechStopped' })
          return true
        case 'input_audio_buffer.committed':
          dismissal.committed(saneId(event.item_id))
          return true
        case 'conversation.item.added':
          onItem(event.item ?? {}, event.previous_item_id)
          return true
        case 'conversation.item.input_audio_transcription.completed':
          meter.transcript(event.item_id, event.usage, transcriber())
          // A server may transcribe although it was told not to: drop the text.
          if (writesCaller()) onTranscript('caller', event.item_id, event.transcript)
          return true
        case 'response.output_audio_transcript.done':
          onTranscript('assistant', event.item_id, event.transcript)
          return true
        case 'response.created':
          begin(saneId(event.response?.id))
          return true
        case 'response.done':
          onDone(event.response ?? {})
          return true
        case 'response.output_item.done':
          if (!unwanted) calls.take(event.item ?? {})
          return true
        case 'response.output_audio.done':
          items.partEnded(event.item_id, event.content_index)
          return true
        default:
          return isNotTaken(event.type)
      }
    },
    hears(responseId, itemId) {
      if (sideResponses.has(responseId)) return false
      // Some servers omit `response.created`.
      if (!isReplying && !unwanted) begin(saneId(responseId))
      lastResponseId = responseId
      if (!isReplying || silenced.has(responseId)) return false
      items.spoken(itemId)
      return true
    },
    refused(error) {
      if (history.refused(error)) return
      if (error.code === 'conversation_already_has_active_response') {
        // The running response is the server's own, and perhaps the answer to a dismissed turn.
        if (queue.refusedAsBusy(error.event_id)) dismissResponse()
      } else if (error.code === 'response_cancel_not_active') queue.nothingToCancel(error.event_id)
      else if (error.event_id === undefined && !isPlainlyAResponse(error)) queue.doubt()
      else if (queue.refused(error.event_id)) {
        const { retryAfterMs } = error
        ended({ outcome: 'failed', reason: codeOf(error), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) })
        queue.flush()
      }
    },
    write(item) {
      repliesToOutputs = false
      items.write(item)
    },
    remember: history.write,
    answerTool(toolCallId, output) {
      repliesToOutputs = true
      const call_id = calls.answered(toolCallId)
      if (!history.answers(toolCallId, output))
        send({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id, output } })
      // Send the request that waited for the last output, unless the call makes one right now.
      if (calls.open === 0) clock.after(0, flushIfComplete)
    },
    ask: queue.request,
    interrupt(heard, byItself) {
      queue.forget()
      silence()
      queue.cut(byItself)
      items.correct(heard)
    },
    dismissTurn() {
      const itemId = dismissal.dismiss()
      if (itemId !== undefined) items.remove(itemId)
    },
    occupied: () => void queue.started(undefined),
    freed() {
      queue.ended(undefined, false)
      queue.flush()
    },
    stop() {
      queue.stop()
      dismissal.stop()
    },
  }
}
