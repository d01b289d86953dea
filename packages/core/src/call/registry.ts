import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock.ts'
import type { CallFacts } from '../facts.ts'
import type { Line } from '../line.ts'
import type { ModelProvider } from '../model.ts'
import type { E164 } from '../telephone/e164.ts'
import type { MachinePlan } from '../mode/outbound.ts'
import { shortenNotice, type CallNotice } from './observer.ts'
import type { PhraseBook } from '../phrases.ts'
import type { CallConduct } from './parts.ts'
import { createCallSession, type CallSession } from './session.ts'
import type { Disposition } from '../departure.ts'
import { createToolTimes } from './tool-times.ts'

/** How long an ended call stays available, for late callbacks and for operators. */
const ENDED_KEPT_MS = 10 * 60_000
/** Limits for ended calls that are kept, so that many short calls do not fill the memory. */
const MAX_ENDED = 1_000
const MAX_ENDED_BYTES = 33_554_432

export interface RegistryOptions {
  readonly clock: Clock
  readonly provider: ModelProvider
  readonly defaultVoice: string
  /** Deadline of a model connection in milliseconds; then a new one is tried. */
  readonly prewarmTimeoutMs: number
  /** See `CallSettings.refreshTokens`. */
  readonly refreshTokens?: number | undefined
  /** Phrases for when the model is silent. */
  readonly phrases?: PhraseBook | undefined
  /** Must neither throw nor block: it runs on the event loop that carries audio. */
  observe(call: CallSession, notice: CallNotice): void
}

export interface CallRequest
  extends Pick<CallFacts, 'legId' | 'direction' | 'otherParty' | 'dialled'>, Pick<CallConduct, 'mode' | 'fallback'> {
  /** The line that carries the call. */
  readonly line: Line
}

/** A call that we are about to place; it has no `legId` yet. */
export interface OutboundCallRequest extends Pick<CallFacts, 'callId' | 'dialled'>, Pick<CallConduct, 'mode'> {
  readonly callee: { readonly number: E164; readonly name?: string }
  readonly machine: MachinePlan
  readonly primes: boolean
  readonly line: Line
}

/** The calls of this process, found by `callId` or `legId`. */
export interface CallRegistry {
  /** The call of this `legId`, created if there is none. A new call starts connecting its model before this returns. */
  open(request: CallRequest): CallSession
  /** Creates a call that is about to be placed; its model starts connecting before this returns. `bind` sets its `legId`. */
  prepare(request: OutboundCallRequest): CallSession
  /** Live, or ended within the last ten minutes. */
  byLegId(legId: string): CallSession | undefined
  byCallId(callId: string): CallSession | undefined
  active(): readonly CallSession[]
  /** Ended calls, latest first. */
  recent(): readonly CallSession[]
  closeAll(disposition: Disposition): void
}

/** Creates an empty registry. */
export const createCallRegistry = (options: RegistryOptions): CallRegistry => {
  const { clock, observe } = options
  const toolTimes = createToolTimes()
  const calls = new Map<string, CallSession>()
  const legIds = new Map<string, string>()
  const ended = new Map<string, { readonly at: number; readonly bytes: number }>()
  let endedBytes = 0

  const forget = (callId: string): void => {
    const call = calls.get(callId)
    calls.delete(callId)
    endedBytes -= ended.get(callId)?.bytes ?? 0
    ended.delete(callId)
    if (call && legIds.get(call.facts.legId) === callId) legIds.delete(call.facts.legId)
  }

  /** Forgets ended calls beyond the limits, oldest first; stops at the first one that may stay. */
  const sweep = (): void => {
    for (const [callId, { at }] of ended) {
      const fits = ended.size <= MAX_ENDED && endedBytes <= MAX_ENDED_BYTES
      if (fits && clock.now() - at < ENDED_KEPT_MS) return
      forget(callId)
    }
  }

  const onEnded = (callId: string): void => {
    const bytes = calls.get(callId)?.storyBytes ?? 0
    ended.set(callId, { at: clock.now(), bytes })
    endedBytes += bytes
    clock.after(ENDED_KEPT_MS, sweep)
  }

  /** Calls the observer. An exception there is its own defect, and must not affect the call. */
  const show = (call: CallSession, notice: CallNotice): void => {
    try {
      observe(call, notice)
    } catch {
      // The observer is the only place to report to.
    }
  }

  const create = (known: Omit<CallFacts, 'startedAt'>, conduct: CallConduct, line: Line): CallSession => {
    const { callId } = known
    const facts = { ...known, startedAt: clock.date() }
    const early: CallNotice[] = []
    const session = createCallSession(facts, conduct, {
      clock,
      provider: options.provider,
      defaultVoice: options.defaultVoice,
      prewarmTimeoutMs: options.prewarmTimeoutMs,
      refreshTokens: options.refreshTokens,
      line,
      phrases: options.phrases,
      toolTimes,
      bind(legId) {
        if (facts.legId === '' && !legIds.has(legId)) {
          facts.legId = legId
          legIds.set(legId, callId)
        }
        return facts.legId === legId
      },
      observe(notice) {
        const call = calls.get(callId)
        if (!call) return void early.push(notice)
        if (notice.type === 'phase' && notice.phase === 'ended') onEnded(callId)
        show(call, shortenNotice(notice))
      },
    })
    calls.set(callId, session)
    if (facts.legId !== '') legIds.set(facts.legId, callId)
    for (const notice of early) show(session, shortenNotice(notice))
    return session
  }

  const byCallId = (callId: string): CallSession | undefined => calls.get(callId)
  const byLegId = (legId: string): CallSession | undefined => calls.get(legIds.get(legId) ?? '')

  return {
    open(request) {
      sweep()
      const { mode, fallback, line, ...known } = request
      const conduct = { mode, ...(fallback ? { fallback } : {}) }
      return byLegId(request.legId) ?? create({ ...known, callId: randomUUID() }, conduct, line)
    },
    prepare({ mode, machine, primes, line, callee, ...known }) {
      sweep()
      return create({ ...known, otherParty: callee, legId: '', direction: 'outbound' }, { mode, machine, primes }, line)
    },
    byLegId,
    byCallId,
    active: () => [...calls.values()].filter(({ state }) => state.phase !== 'ended'),
    recent: () => [...ended.keys()].toReversed().map((callId) => calls.get(callId)!),
    closeAll(disposition) {
      for (const call of calls.values()) call.end(disposition)
    },
  }
}
