import {
  GatewayError,
  inTime,
  ULAW_BYTES_PER_MS,
  type Clock,
  type ModelEvent,
  type ModelProvider,
  type SessionConfig,
} from '@llc-phone/core'

const CONNECT_TIMEOUT_MS = 10_000
const TAKE_TIMEOUT_MS = 10_000
/** Longest reply kept, so that a model that goes on talking does not fill the memory. */
const MAX_TAKE_BYTES = 15_000 * ULAW_BYTES_PER_MS

/** One reply of the model. */
export interface Take {
  readonly outcome: Extract<ModelEvent, { type: 'replyEnded' }>['outcome']
  /** μ-law, as it came. */
  readonly audio: Buffer
  readonly transcript: string
}

/** A connection to the model without a call. Every wait has a limit; every rejection is a {@link GatewayError}. */
export interface Studio {
  ready(): Promise<void>
  say(request: string): Promise<Take>
  close(): void
}

/** Options of a studio. */
export interface StudioOptions {
  readonly provider: ModelProvider
  readonly clock: Clock
  readonly config: SessionConfig
  /** Aborts at once. */
  readonly signal?: AbortSignal | undefined
}

/** Opens a connection and collects its events into one reply at a time. */
export const openStudio = ({ provider, clock, config, signal }: StudioOptions): Studio => {
  const configured = Promise.withResolvers<void>()
  const broken = Promise.withResolvers<never>()
  // A rejection that nobody awaits must not count as unhandled.
  for (const { promise } of [configured, broken]) promise.catch(() => undefined)
  let asked: PromiseWithResolvers<Take> | undefined
  let pieces: Buffer[] | undefined
  let bytes = 0
  let transcript = ''

  const onEvent = (event: ModelEvent): void => {
    switch (event.type) {
      case 'configured':
        return configured.resolve()
      case 'lost':
        return broken.reject(event.error)
      case 'replyStarted':
        pieces = []
        bytes = 0
        transcript = ''
        return
      case 'transcript':
        if (event.speaker === 'assistant' && pieces) transcript = `${transcript} ${event.text}`
        return
      case 'replyEnded':
        asked?.resolve({ outcome: event.outcome, audio: Buffer.concat(pieces ?? []), transcript })
        pieces = undefined
        return
      default:
    }
  }

  const connection = provider.connect(config, {
    audio(payload) {
      if (!pieces || bytes > MAX_TAKE_BYTES) return
      const piece = Buffer.from(payload, 'base64')
      bytes += piece.length
      pieces.push(piece)
    },
    event: onEvent,
  })
  const stop = (): void =>
    broken.reject(new GatewayError('draining', 'The gateway is stopping; the recording was aborted.'))
  if (signal?.aborted) stop()
  signal?.addEventListener('abort', stop, { once: true })

  const within = <Result>(limitMs: number, wanted: Promise<Result>): Promise<Result> => {
    const late = () => new GatewayError('model_timeout', `The model server did not answer within ${limitMs / 1_000} s.`)
    return inTime(clock, limitMs, Promise.race([broken.promise, wanted]), late)
  }

  return {
    ready: () => within(CONNECT_TIMEOUT_MS, configured.promise),
    say(request) {
      asked = Promise.withResolvers()
      connection.send({ type: 'addMessage', role: 'user', text: request })
      connection.send({ type: 'reply' })
      return within(TAKE_TIMEOUT_MS, asked.promise)
    },
    close() {
      signal?.removeEventListener('abort', stop)
      connection.close()
    },
  }
}
