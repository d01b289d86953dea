import { ULAW_BYTES_PER_MS } from '../audio.ts'
import type { ModelEvent } from '../model.ts'

/** The longest greeting kept; people do not listen to a longer one. */
const MAX_TAKE_CHARS = Math.ceil((20_000 * ULAW_BYTES_PER_MS * 4) / 3)

/** A greeting that a model has spoken as one whole reply. */
export interface GreetingTake {
  readonly transcript: string
  /** μ-law, as it came. */
  readonly audio: Buffer
}

/** Keeps the audio of one reply beside its way to the caller. */
export interface GreetingTap {
  /** The greeting was asked for: it is the next reply. */
  begin(): void
  audio(payload: string, itemId: string): void
  event(event: ModelEvent): void
  /** The whole reply has been made: nothing that is said from now on has an influence on it. */
  readonly isComplete: boolean
  /** The connection is over: a reply that was not complete never will be. */
  stop(): void
  /** The greeting, once; `undefined` unless one reply has said all of it, in one piece and without a tool. */
  take(): GreetingTake | undefined
  /** Nobody wants it any more. */
  drop(): void
}

/** Creates a tap that keeps nothing until it is begun. */
export const createGreetingTap = (): GreetingTap => {
  let step: 'off' | 'asked' | 'speaking' | 'complete' = 'off'
  let itemId: string | undefined
  let payloads: string[] = []
  let chars = 0
  let transcript = ''
  let isDelivered = false

  const drop = (): void => {
    step = 'off'
    payloads = []
  }

  return {
    begin() {
      drop()
      step = 'asked'
      itemId = undefined
      chars = 0
      transcript = ''
      isDelivered = false
    },
    audio(payload, from) {
      if (step !== 'speaking') return
      itemId ??= from
      chars += payload.length
      if (from !== itemId || isDelivered || chars > MAX_TAKE_CHARS) return drop()
      payloads.push(payload)
    },
    event(event) {
      if (step === 'off') return
      // Transcripts may be late.
      if (event.type === 'transcript' && event.itemId === itemId) transcript = `${transcript} ${event.text}`
      if (step === 'complete') return
      if (event.type === 'replyStarted') return step === 'asked' ? void (step = 'speaking') : drop()
      if (event.type === 'partEnded' && event.itemId === itemId) isDelivered = true
      if (event.type === 'toolCalled') drop()
      if (event.type !== 'replyEnded') return
      if (step === 'speaking' && event.outcome === 'completed' && isDelivered) step = 'complete'
      else drop()
    },
    get isComplete() {
      return step === 'complete'
    },
    stop() {
      if (step !== 'complete') drop()
    },
    take() {
      if (step !== 'complete') return undefined
      const audio = Buffer.concat(payloads.map((payload) => Buffer.from(payload, 'base64')))
      drop()
      return { transcript, audio }
    },
    drop,
  }
}
