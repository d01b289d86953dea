import { randomUUID } from 'node:crypto'
import type { Clock, Timer } from '../clock.ts'
import type { CallFacts } from '../facts.ts'
import type { Line } from '../line.ts'
import type { ModelProvider } from '../model.ts'
import type { E164 } from '../telephone/e164.ts'
import type { MachinePlan } from '../mode/outbound.ts'
import { delayedProvider } from '../model-server/delayed-provider.ts'
import { createEndedCall } from './ended-call.ts'
import { problemNotice, shortenNotice, type CallNotice } from './observer.ts'
import type { GreetingBook } from '../greetings.ts'
import type { PhraseBook } from '../phrases.ts'
import { keptAfter } from './kept-state.ts'
import type { RememberedCall } from './memory.ts'
import type { CallOrigin } from './origin.ts'
import type { CallConduct } from './parts.ts'
import { createRoom, unlimited, type Room, type RoomLimits } from './room.ts'
import { createCallSession, type CallSession } from './session.ts'
import type { AwayReport, Disposition } from '../departure.ts'
import { createToolTimes } from './tool-times.ts'

/** How long an ended call stays available, for late callbacks and for operators. */
const ENDED_KEPT_MS = 10 * 60_000
/** By then what a call was doing as it ended is in its story: tools that were stopped, above all. */
const SETTLED_AFTER_MS = 1_000
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
  /** Recorded greetings; without it the model speaks every greeting. */
  readonly greetings?: GreetingBook | undefined
  /** How many calls this process takes; unlimited when absent. */
  readonly limits?: RoomLimits
  /** Every call of this process is a test, because its carrier is simulated. */
  readonly isTest?: true
  /** Must neither throw nor block: it runs on the event loop that carries audio. */
  observe(call: CallSession, notice: CallNotice): void
  /** The caller's audio is connected for the first time, and nothing has been played yet. Must neither throw nor block. */
  mediaBegins?(call: CallSession): void
  /** The caller of a call that was taken over hears something again, so long (ms) after the last sign of the process before. */
  soundsAgain?(afterMs: number): void
  /** Writes down what a call has noted so far; `false`: another process has it. Never rejects, and has a limit of its own. */
  persist?(call: CallSession): Promise<boolean>
  /** The trace context of a call (W3C `traceparent`), which its tools are given. Must not throw. */
  readonly traceparentOf?: ((callId: string) => string | undefined) | undefined
}

export interface CallRequest
  extends
    Pick<CallFacts, 'legId' | 'direction' | 'otherParty' | 'dialled'>,
    CallOrigin,
    Pick<CallConduct, 'mode' | 'fallback'> {
  /** The line that carries the call. */
  readonly line: Line
  /** Of a call that somebody waits for; a new id when absent. */
  readonly callId?: string | undefined
}

/** A call that we are about to place; it has no `legId` yet. */
export interface OutboundCallRequest
  extends Pick<CallFacts, 'callId' | 'dialled'>, CallOrigin, Pick<CallConduct, 'mode'> {
  readonly callee: { readonly number: E164; readonly name?: string }
  readonly machine: MachinePlan
  readonly primes: boolean
  readonly line: Line
}

/** A call of a process that died, to go on here. */
export interface ResumeRequest extends Omit<CallRequest, 'callId'>, Pick<CallFacts, 'callId' | 'startedAt'> {
  /** Of a call that was placed: what to do when an answering machine is recognised late. */
  readonly machine?: MachinePlan
  readonly remembered: RememberedCall
  /** What the carrier has just reported. */
  readonly report?: AwayReport | undefined
  /** When its model may be connected (ms from now): many calls at once would overload this process. */
  readonly modelInMs?: number | undefined
}

/** The calls of this process, found by `callId` or `legId`. */
export interface CallRegistry {
  /** Whether one more call has room. Ask before `open` and `prepare`: they refuse nobody, so that a caller who returns always finds their call. */
  readonly room: Room
  /** The call of this `legId`, created if there is none. A new call starts connecting its model before this returns. */
  open(request: CallRequest): CallSession
  /** Creates a call that is about to be placed; its model starts connecting before this returns. `bind` sets its `legId`. */
  prepare(request: OutboundCallRequest): CallSession
  /** Goes on with a call of a process that died: the same call, one story. Its model starts connecting before this returns. */
  resume(request: ResumeRequest): CallSession
  /** Live, or ended within the last ten minutes. */
  byLegId(legId: string): CallSession | undefined
  byCallId(callId: string): CallSession | undefined
  active(): readonly CallSession[]
  /** Ended calls, latest first. */
  recent(): readonly CallSession[]
  /** Forgets a call that has ended; does nothing for another. */
  forget(callId: string): void
  closeAll(disposition: Disposition): void
}

const withoutOffers = (book: GreetingBook): GreetingBook => ({
  find: (wanted) => book.find(wanted),
  offer: () => undefined,
})

/** Creates an empty registry. */
export const createCallRegistry = (options: RegistryOptions): CallRegistry => {
  const { clock, observe, persist } = options
  const toolTimes = createToolTimes()
  const calls = new Map<string, CallSession>()
  const legIds = new Map<string, string>()
  const ended = new Map<string, { readonly at: number; bytes: number }>()
  let endedBytes = 0
  const room = createRoom(clock, options.limits ?? unlimited, () => calls.size - ended.size)
  let sweeper: Timer | undefined

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
      const leftMs = at + ENDED_KEPT_MS - clock.now()
      if (fits && leftMs > 0) return sweepIn(leftMs)
      forget(callId)
    }
  }

  /** One timer for all of them: with one for each, many short calls would leave thousands. */
  const sweepIn = (delayMs: number): void => {
    sweeper ??= clock.after(delayMs, () => {
      sweeper = undefined
      sweep()
    })
  }

  const onEnded = (callId: string, line: Line): void => {
    const bytes = calls.get(callId)?.storyBytes ?? 0
    ended.set(callId, { at: clock.now(), bytes })
    endedBytes += bytes
    sweepIn(ENDED_KEPT_MS)
    clock.after(SETTLED_AFTER_MS, () => letGo(callId, line))
  }

  /** Keeps of a session that has ended no more than is needed. */
  const letGo = (callId: string, line: Line): void => {
    const [session, kept] = [calls.get(callId), ended.get(callId)]
    if (!session || !kept) return
    const call: CallSession = createEndedCall(session, {
      clock,
      line,
      endedAtMs: kept.at,
      problem: (error) => show(call, shortenNotice(problemNotice(error))),
      observe: (notice) => show(call, notice),
    })
    calls.set(callId, call)
    endedBytes += call.storyBytes - kept.bytes
    kept.bytes = call.storyBytes
  }

  /** Calls the observer. An exception there is its own defect, and must not affect the call. */
  const show = (call: CallSession, notice: CallNotice): void => {
    try {
      observe(call, notice)
    } catch {
      // The observer is the only place to report to.
    }
  }

  const create = (
    known: Omit<CallFacts, 'startedAt'> & Partial<Pick<CallFacts, 'startedAt'>>,
    conduct: CallConduct,
    line: Line,
    provider: ModelProvider = options.provider,
  ): CallSession => {
    const { callId } = known
    // A call that comes back, as one that waited again to be placed: what was left of the session before is not this one.
    if (ended.has(callId)) forget(callId)
    const facts = { startedAt: clock.date(), ...known }
    room.started()
    const early: CallNotice[] = []
    const isTest = conduct.isTest ?? options.isTest
    const session = createCallSession(
      facts,
      { ...conduct, ...(isTest ? { isTest } : {}) },
      {
        clock,
        provider,
        defaultVoice: options.defaultVoice,
        prewarmTimeoutMs: options.prewarmTimeoutMs,
        refreshTokens: options.refreshTokens,
        line,
        phrases: options.phrases,
        // A call that is a test by itself may speak a draft: it plays recordings, and leaves none.
        greetings: conduct.isTest && options.greetings ? withoutOffers(options.greetings) : options.greetings,
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
          if (notice.type === 'phase' && notice.phase === 'ended') onEnded(callId, line)
          show(call, shortenNotice(notice))
        },
        mediaBegins() {
          const call = calls.get(callId)
          if (call) options.mediaBegins?.(call)
        },
        soundsAgain: (afterMs) => options.soundsAgain?.(afterMs),
        traceparentOf: options.traceparentOf,
        ...(persist
          ? {
              async persist() {
                const call = calls.get(callId)
                return call ? persist(call) : true
              },
            }
          : {}),
      },
    )
    calls.set(callId, session)
    if (facts.legId !== '') legIds.set(facts.legId, callId)
    for (const notice of early) show(session, shortenNotice(notice))
    return session
  }

  const byCallId = (callId: string): CallSession | undefined => calls.get(callId)
  const byLegId = (legId: string): CallSession | undefined => calls.get(legIds.get(legId) ?? '')

  return {
    room,
    open(request) {
      sweep()
      const { mode, fallback, instance, settingsVersion, tuningProfile, isTest, line, callId, ...known } = request
      const origin = { instance, settingsVersion, tuningProfile, isTest }
      const conduct = { mode, ...(fallback ? { fallback } : {}), ...origin }
      const facts = { ...known, callId: callId ?? randomUUID(), ...(isTest ? { isTest } : {}) }
      return byLegId(request.legId) ?? create(facts, conduct, line)
    },
    resume({
      mode,
      fallback,
      machine,
      instance,
      settingsVersion,
      tuningProfile,

      isTest,
      line,
      remembered,
      report,
      modelInMs = 0,
      ...known
    }) {
      sweep()
      const { kept, ...plan } = remembered.plan
      const resumes = { ...remembered, plan: { ...plan, kept: keptAfter(kept, report) } }
      const conduct = {
        mode,
        resumes,
        ...(fallback ? { fallback } : {}),
        ...(machine ? { machine } : {}),
        instance,
        settingsVersion,
        tuningProfile,

        isTest,
      }
      const provider = modelInMs > 0 ? delayedProvider(options.provider, clock, modelInMs) : options.provider
      return create(known, conduct, line, provider)
    },
    prepare({
      mode,
      machine,
      primes,
      line,
      callee,
      instance,
      settingsVersion,
      tuningProfile,

      isTest,
      ...known
    }) {
      sweep()
      const conduct = { mode, machine, primes, instance, settingsVersion, tuningProfile, isTest }
      return create({ ...known, otherParty: callee, legId: '', direction: 'outbound' }, conduct, line)
    },
    byLegId,
    byCallId,
    active: () => [...calls.values()].filter(({ state }) => state.phase !== 'ended'),
    forget(callId) {
      if (ended.has(callId)) forget(callId)
    },
    recent: () => [...ended.keys()].toReversed().map((callId) => calls.get(callId)!),
    closeAll(disposition) {
      for (const call of calls.values()) call.end(disposition)
    },
  }
}
