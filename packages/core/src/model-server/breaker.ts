import type { Clock, Timer } from '../clock.ts'
import type { GatewayError } from '../errors.ts'
import type { ModelConnection, ModelEvent, ModelListener, ModelProvider, SessionConfig } from '../model.ts'
import {
  closedBreaker,
  probed,
  probeDelayMs,
  withEvidence,
  type BreakerState,
  type Evidence,
  type Outage,
} from './breaker-state.ts'

/** Options of {@link withBreaker}. */
export interface BreakerOptions {
  readonly clock: Clock
  readonly provider: ModelProvider
  /** Voice of the probes. */
  readonly voice: string
  /** How long a call waits for its connection (ms). */
  readonly timeoutMs: number
  /** The breaker has opened: new calls must not wait for this server. Must not throw. */
  onOpen?(outage: Outage): void
  /** The server serves again, after this time (ms). Must not throw. */
  onClose?(lastedMs: number): void
}

/** A provider with a memory that all its calls share. It refuses no connection; callers that look at `outage` decide. */
export interface GuardedProvider extends ModelProvider {
  /** The outage that earlier connections have shown, if there is one. */
  readonly outage: Outage | undefined
  /** Ends the probing. */
  stop(): void
}

/** A caller who has waited this long for a model has waited too long, whatever the operator allows. */
const LATE_MS = 5_000
/** A session that is lost later than this says nothing about new ones. */
const YOUNG_MS = 30_000

/** Codes of losses that say nothing about the server: our own doing, a limit of the account, a session at its end. */
const NEUTRAL: ReadonlySet<GatewayError['code']> = new Set([
  'mode_failed',
  'model_limited',
  'model_expired',
  'backlog_exceeded',
  'internal',
])

/** Reasons of failed replies that say the same: a limit of the account, or a request that one mode should not make. */
const NOT_THE_SERVER =
  /^(?:(?:inference_)?rate_limit_exceeded|content_\w+|context_length_exceeded|(?:string|integer|decimal|array|object)_\w+|invalid_(?:request_error|value|type|tool\w*|param\w*)|unsupported_(?:value|param\w*)|unknown_param\w*|missing_required_param\w*)$/

/** What the loss of a connection that has not served yet shows about the server. */
const evidenceOf = ({ error: { code }, retry }: Extract<ModelEvent, { type: 'lost' }>): Evidence | undefined => {
  if (NEUTRAL.has(code)) return undefined
  if (retry) return { type: 'failed', code }
  // Settings that are refused are those of one mode; other modes may be served.
  return code === 'model_refused' ? undefined : { type: 'denied', code }
}

/**
 * Watches what every connection shows about the server: not reached, not configured in time, lost before the first reply was
 * spoken, replies that fail. When that adds up to an outage, it asks the server itself until a session is configured; such a
 * session is closed at once and says nothing, so it costs nothing.
 */
export const withBreaker = (options: BreakerOptions): GuardedProvider => {
  const { clock, provider, voice, onOpen, onClose } = options
  const lateMs = Math.min(options.timeoutMs, LATE_MS)
  let state: BreakerState = closedBreaker
  let waiting: Timer | undefined
  let probe: ModelConnection | undefined
  let stopped = false

  const learn = (evidence: Evidence): void => {
    const before = state.outage
    state = withEvidence(state, evidence, clock.now())
    const { outage } = state
    if (outage && outage !== before) {
      if (!before) onOpen?.(outage)
      if (!probe) probeLater()
    } else if (before && !outage) {
      waiting?.stop()
      onClose?.(clock.now() - before.since)
    }
  }

  const probeLater = (): void => {
    waiting?.stop()
    const delayMs = probeDelayMs(state)
    if (delayMs !== undefined && !stopped) waiting = clock.after(delayMs, ask)
  }

  /** Opens a session as a probe, with the fewest settings that a session needs. */
  const ask = (): void => {
    state = probed(state)
    const config: SessionConfig = {
      instructions: 'This is a connection test.',
      voice,
      tools: [],
      turnDetection: { kind: 'none' },
    }
    const over = (): void => {
      limit.stop()
      probe?.close()
      probe = undefined
      probeLater()
    }
    const limit = clock.after(lateMs, over)
    let isCreated = false
    probe = connect(config, {
      audio() {},
      event(event) {
        if (event.type === 'created') isCreated = true
        // A server that looks at our settings and does not like them serves those of calls.
        if (event.type === 'lost' && isCreated && !event.retry && event.error.code === 'model_refused')
          learn({ type: 'served' })
        if (event.type === 'configured' || event.type === 'lost') over()
      },
    })
  }

  const connect: ModelProvider['connect'] = (config, listener, purpose) => {
    const startedAt = clock.now()
    let createdAt: number | undefined
    let briefedAt: number | undefined
    let isConfigured = false
    let isSettled = false
    /** When the reply was asked for that has not begun yet. */
    let askedAt: number | undefined
    let wasAsked = false
    const briefed = (): void => void (briefedAt = clock.now())
    Promise.resolve(config).then(briefed, briefed)

    /** Whether the loss of this session says nothing: it had lasted long, or was idle, which some servers do not allow. */
    const saysNothing = (): boolean =>
      isConfigured && (clock.now() - startedAt > YOUNG_MS || (purpose?.isSpare === true && !wasAsked))
    const settle = (evidence?: Evidence): void => {
      if (isSettled) return
      isSettled = true
      limit.stop()
      if (evidence) learn(evidence)
    }
    /** Counts the server's time alone: a session may also wait for what the mode looks up. */
    const onLimit = (): void => {
      if (createdAt !== undefined && briefedAt === undefined) return settle()
      const oursMs = createdAt === undefined ? 0 : Math.max(0, briefedAt! - createdAt)
      const leftMs = startedAt + oursMs + lateMs - clock.now()
      if (leftMs > 0) limit = clock.after(leftMs, onLimit)
      else settle({ type: 'failed', code: 'model_timeout', late: true })
    }
    let limit = clock.after(lateMs, onLimit)
    const watch = (event: ModelEvent): void => {
      switch (event.type) {
        case 'created':
          createdAt = clock.now()
          return
        case 'configured':
          isConfigured = true
          limit.stop()
          if (state.outage) settle({ type: 'served' })
          return
        case 'partEnded':
        case 'toolCalled':
          return settle({ type: 'served' })
        case 'replyEnded':
          askedAt = undefined
          if (event.outcome !== 'failed') return event.outcome === 'cancelled' ? undefined : settle({ type: 'served' })
          // Each failed reply counts, until one was spoken.
          if (!NOT_THE_SERVER.test(event.reason ?? '')) learn({ type: 'failed', code: 'model_lost' })
          return
        case 'lost':
          return settle(saysNothing() ? undefined : evidenceOf(event))
        default:
      }
    }
    const watched: ModelListener = {
      audio(payload, itemId, contentIndex, receivedAt) {
        askedAt = undefined
        listener.audio(payload, itemId, contentIndex, receivedAt)
      },
      event(event) {
        if (!isSettled) watch(event)
        listener.event(event)
      },
    }
    const connection = provider.connect(config, watched, purpose)
    return {
      send(command) {
        if (command.type === 'reply' && !isSettled) {
          askedAt ??= clock.now()
          wasAsked = true
        }
        connection.send(command)
      },
      // Not wrapped, because every frame of the caller goes through it.
      get appendAudio() {
        return connection.appendAudio
      },
      close() {
        // Given up because it said nothing; else nothing is known.
        const isMute = isConfigured && askedAt !== undefined && clock.now() - askedAt >= lateMs
        settle(isMute ? { type: 'failed', code: 'model_timeout', late: true } : undefined)
        connection.close()
      },
    }
  }

  return {
    name: provider.name,
    can: provider.can,
    connect,
    get outage() {
      return state.outage
    },
    stop() {
      stopped = true
      waiting?.stop()
      probe?.close()
    },
  }
}
