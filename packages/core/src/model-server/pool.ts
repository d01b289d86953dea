import type { Clock, Timer } from '../clock.ts'
import type { CallKind, ModelEvent, ModelListener, ModelProvider, SessionConfig } from '../model.ts'
import { claimWarm, type WarmSession } from './claim.ts'
import { planPool, REMEMBERED_MS } from './pool-plan.ts'

/**
 * What became of a session of the pool, or of a call that would have taken one: `opened`; `used` by a call; `missed`, a call
 * found none; `expired`, too old; `surplus`, no longer needed; `replaced`, the settings have changed; `lost`, by the server;
 * `refused`, it did not take what is particular to the call.
 */
export type PoolOutcome = 'opened' | 'used' | 'missed' | 'expired' | 'surplus' | 'replaced' | 'lost' | 'refused'

/** Options of {@link withPool}. */
export interface PoolOptions {
  readonly clock: Clock
  readonly provider: ModelProvider
  /** Most idle sessions; none when 0. */
  readonly most: number
  /** Whether the server is known to be out: then no session is opened. */
  isOut?(): boolean
  /** Counts. Must not throw. */
  count?(outcome: PoolOutcome): void
}

/** A provider that keeps configured sessions for calls that begin like earlier ones. */
export interface PooledProvider extends ModelProvider {
  /** Idle sessions that a call could take now. */
  readonly idle: number
  /** Closes them all and opens no more; calls get sessions of their own. */
  stop(): void
}

/** A session lasts half an hour on some servers: most of that belongs to the call that takes it. */
const MAX_AGE_MS = 5 * 60_000
const TEND_EVERY_MS = 15_000
/** After a session was lost, or not configured in time. */
const REST_MS = 30_000
/** After a call's settings were refused: sessions of their own then show whether they are refused there too. */
const REFUSED_REST_MS = 10 * 60_000
/** After the server had no session left, for a call or for the pool. */
const LIMITED_REST_MS = 10 * 60_000
/** A session that takes longer is given up. */
const OPEN_WITHIN_MS = 15_000
/** Kinds of calls that are remembered: a gateway has some dozens of numbers. */
const MAX_KINDS = 200
const MAX_ARRIVALS = 500

interface Kind {
  readonly name: string
  arrivals: number[]
  /** The present settings as JSON. */
  key: string
  settings: SessionConfig
  sessions: WarmSession[]
  restsUntil: number
}

/**
 * Keeps idle sessions for kinds of calls that come often, as many as their largest burst needed. A call claims one with its own
 * instructions, which begin with those of the pool. Keeps none where idle sessions are billed.
 */
export const withPool = (options: PoolOptions): PooledProvider => {
  const { clock, provider, most, isOut = () => false, count = () => {} } = options
  const kinds = new Map<string, Kind>()
  let restsUntil = 0
  let tending: Timer | undefined
  let stopped = most === 0 || provider.can.idle === 'billed'

  const drop = (kind: Kind, sessions: readonly WarmSession[], outcome: PoolOutcome): void => {
    if (sessions.length === 0) return
    kind.sessions = kind.sessions.filter((session) => !sessions.includes(session))
    for (const { connection } of sessions) {
      connection.close()
      count(outcome)
    }
  }

  /** When the server limits sessions, calls get them, not the pool. */
  const makeRoomAfter = (event: ModelEvent): void => {
    if (event.type !== 'lost' || event.error.code !== 'model_limited') return
    restsUntil = clock.now() + LIMITED_REST_MS
    for (const kind of kinds.values()) drop(kind, kind.sessions, 'surplus')
  }

  /** Watches a session of a call's own. */
  const watched = (listener: ModelListener): ModelListener => ({
    audio: (payload, itemId, contentIndex, receivedAt) => listener.audio(payload, itemId, contentIndex, receivedAt),
    event(event) {
      makeRoomAfter(event)
      listener.event(event)
    },
  })

  const open = (kind: Kind): void => {
    const told: ModelEvent[] = []
    const listener: ModelListener = {
      audio(payload, itemId, contentIndex, receivedAt) {
        session.claimedBy?.audio(payload, itemId, contentIndex, receivedAt)
      },
      event(event) {
        if (session.claimedBy) return session.claimedBy.event(event)
        told.push(event)
        if (event.type === 'configured') session.isReady = true
        else if (event.type !== 'opened' && event.type !== 'created') {
          // An idle session has nothing to report: whatever it is, a new session is safer.
          kind.restsUntil = clock.now() + REST_MS
          drop(kind, [session], 'lost')
          makeRoomAfter(event)
        }
      },
    }
    const connection = provider.connect(kind.settings, listener, { isSpare: true })
    const session: WarmSession = { connection, openedAt: clock.now(), settings: kind.settings, told, isReady: false }
    kind.sessions.push(session)
    count('opened')
  }

  /** Closes sessions that are old or surplus, and opens those that are missing. */
  const tend = (): void => {
    tending?.stop()
    tending = undefined
    if (stopped) return
    const now = clock.now()
    const plan = planPool([...kinds.values()], most, now)
    for (const kind of kinds.values()) {
      drop(
        kind,
        kind.sessions.filter(({ openedAt }) => now - openedAt >= MAX_AGE_MS),
        'expired',
      )
      const late = kind.sessions.filter(({ isReady, openedAt }) => !isReady && now - openedAt >= OPEN_WITHIN_MS)
      if (late.length > 0) kind.restsUntil = now + REST_MS
      drop(kind, late, 'lost')
      const wanted = plan.get(kind.name)!
      drop(kind, kind.sessions.slice(0, Math.max(0, kind.sessions.length - wanted)), 'surplus')
      if (now >= Math.max(kind.restsUntil, restsUntil) && !isOut()) while (kind.sessions.length < wanted) open(kind)
      kind.arrivals = kind.arrivals.filter((at) => now - at < REMEMBERED_MS).slice(-MAX_ARRIVALS)
      if (kind.arrivals.length === 0) kinds.delete(kind.name)
    }
    if (kinds.size > 0) tending = clock.after(TEND_EVERY_MS, tend)
  }

  const kindOf = ({ name, settings }: CallKind): Kind | undefined => {
    const now = settings()
    const key = JSON.stringify(now)
    const known = kinds.get(name)
    if (!known) {
      if (kinds.size >= MAX_KINDS) return undefined
      const kind: Kind = { name, arrivals: [], key, settings: now, sessions: [], restsUntil: 0 }
      kinds.set(name, kind)
      return kind
    }
    if (known.key !== key) {
      drop(known, known.sessions, 'replaced')
      known.key = key
      known.settings = now
      known.restsUntil = 0
    }
    return known
  }

  return {
    name: provider.name,
    can: provider.can,
    connect(config, listener, purpose) {
      const kind = stopped || !purpose?.kind ? undefined : kindOf(purpose.kind)
      if (!kind) return provider.connect(config, stopped ? listener : watched(listener), purpose)
      kind.arrivals.push(clock.now())
      const session = kind.sessions.find(({ isReady, openedAt }) => isReady && clock.now() - openedAt < MAX_AGE_MS)
      if (session) kind.sessions = kind.sessions.filter((one) => one !== session)
      count(session ? 'used' : 'missed')
      const connection = session
        ? claimWarm(session, {
            config,
            listener,
            // The call differs in more than its instructions: it gets a session of its own.
            connectCold: (whole, to) => provider.connect(whole, watched(to), purpose),
            onRefused() {
              count('refused')
              kind.restsUntil = clock.now() + REFUSED_REST_MS
              drop(kind, kind.sessions, 'surplus')
            },
          })
        : provider.connect(config, watched(listener), purpose)
      // The call's own connection is opened before those of the pool.
      tend()
      return connection
    },
    get idle() {
      return [...kinds.values()].reduce(
        (sum, { sessions }) => sum + sessions.filter(({ isReady }) => isReady).length,
        0,
      )
    },
    stop() {
      stopped = true
      tending?.stop()
      for (const kind of kinds.values()) drop(kind, kind.sessions, 'surplus')
      kinds.clear()
    },
  }
}
