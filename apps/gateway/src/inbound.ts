import { randomUUID } from 'node:crypto'
import {
  GatewayError,
  inTime,
  isLanguage,
  maskNumber,
  systemClock,
  tryE164,
  endedOnPurpose,
  type GuardedProvider,
  type Arrived,
  type CallRegistry,
  type CallSession,
  type E164,
  type LineHost,
  type LineLog,
  type MessageBook,
  type OurNumbers,
  type LostLeg,
  type LostMedia,
  type TurnedAway,
} from '@llc-phone/core'
import type { Dialer } from '@llc-phone/dialer'
import type { RecordedCall } from '@llc-phone/store'
import type { Logger } from 'pino'
import type { Admission } from './admission.ts'
import type { Fleet } from './fleet/fleet.ts'
import type { Answer, Numbers } from './configuration/numbers.ts'
import { createRefusalLog } from './refusal-log.ts'
import type { Adoption } from './adoption.ts'
import { createNewLegs } from './new-legs.ts'
import { createLineHttp } from './routes/line-http.ts'
import type { CallLog } from './watching/call-log.ts'
import { describeCause } from './watching/describe-cause.ts'
import type { TestCall } from './test-calls/test-calls.ts'
import type { Metrics } from './watching/metrics.ts'

/** Everything that answering inbound calls needs. */
export interface InboundDeps {
  readonly log: Logger
  readonly registry: CallRegistry
  readonly admission: Pick<Admission, 'refuse'>
  readonly numbers: Numbers
  /** Used in place of the called address when that is no number of ours, such as a SIP address. */
  readonly ownNumber?: E164
  readonly calls: Pick<CallLog, 'begun' | 'find' | 'legReported'>
  /** Calls of other processes. */
  readonly adoption: Adoption
  readonly messages: Pick<MessageBook, 'take'>
  readonly dialer: Pick<Dialer, 'statusReported'>
  readonly metrics: Pick<Metrics, 'refused' | 'turnedAway'>
  /** What other calls have shown of the model server: while it is out, new callers go to the fallback route at once. */
  readonly model?: Pick<GuardedProvider, 'outage'>
  /** Counts a caller who gets no session, for the journal. */
  countTurnedAway(dialled: E164 | undefined, reason: string): void
  /** The test call of a leg: it is answered by its own mode, counts nowhere, and leaves nothing. */
  readonly testCallOf?: (legId: string) => TestCall | 'over' | undefined
  /** See `Fleet`. */
  readonly claim?: Fleet['claim']
  /** Absent where there is no other machine. */
  readonly elsewhere?:
    | {
        /** Resolves when another machine could go on with the call, or after a moment. */
        remembered(call: CallSession): Promise<unknown>
        /** The instance that serves a call now, by its id or that of its leg. */
        ownerOf(id: string): Promise<string | undefined>
        /** Whether this process hands its calls over: what it does not have is for another instance. */
        isClosing(): boolean
      }
    | undefined
  /** Whether another instance had better take a new caller. */
  readonly passesOn?: () => boolean
  /** Whether callers are answered here at all: INSTANCE_ROLES has `calls`. */
  readonly takesCalls?: boolean
  /** Whether new callers go to the fallback route because the process is about to end. */
  turnsAway(): boolean
}

/** Limit for storing a recorded message: carriers give up after 15 s, and the caller waits in silence. */
const STORE_TIMEOUT_MS = 8_000

/** Limit for reading the journal (ms): the caller waits in silence meanwhile. */
export const JOURNAL_LIMIT_MS = 1_500

/** Logged for a caller who is not answered here whoever they are. */
const CLOSED = {
  draining: 'draining: a new caller goes to the fallback route',
  role: 'this instance takes no calls (INSTANCE_ROLES): a new caller goes to the fallback route',
} as const

/** Logged in place of the number when the called address is none of ours. */
const NO_NUMBER = 'no number of ours'

const shown = (number: E164 | undefined, otherwise: string): string =>
  number === undefined ? otherwise : maskNumber(number)

/** Why nobody answers for an instance that an upgrade has made impossible to build. */
const notBuilt = (name: string) =>
  ({
    code: 'mode_invalid',
    why: 'not_built',
    reason: `The instance "${name}" of the settings cannot be built.`,
    mayRing: true,
  }) as const

/** The log for lines. Exceptions are described without their messages, which may quote a caller. */
const lineLog = (log: Logger): LineLog => {
  const at =
    (level: keyof LineLog): LineLog['info'] =>
    (fields, message) => {
      const { cause, ...rest } = fields as { readonly cause?: unknown }
      log[level]({ ...rest, ...describeCause(cause) }, message)
    }
  return { info: at('info'), warn: at('warn'), error: at('error') }
}

/** The gateway's side of its lines: decides who answers a call and who gets no session, and stores what a line reports. */
export const createLineHost = (deps: InboundDeps): LineHost => {
  const { registry, numbers, calls, log, admission, adoption, metrics, messages, dialer, ownNumber } = deps
  const testCallOf = deps.testCallOf ?? (() => undefined)
  /** Of a test call that is over nothing may be begun or kept: it would be as if a caller had called. */
  const trialOf = (legId: string): TestCall | undefined => {
    const test = testCallOf(legId)
    if (test === 'over') throw new GatewayError('call_not_talking', 'This test call is over.')
    return test
  }
  const tellRefusal = createRefusalLog(log, systemClock)
  const ours: OurNumbers = {
    // Numbers can be added while the gateway runs.
    get own() {
      return ownNumber ?? numbers.list()[0]?.number
    },
    lists: (number) => numbers.resolve(number).source !== 'unlisted',
  }

  /** Looks a leg up in the journal; `unasked` when it has no id, or the answer does not come in time. */
  const recorded = async (legId: string): Promise<RecordedCall | 'unknown' | 'unasked'> => {
    if (legId === '') return 'unasked'
    try {
      return (await inTime(systemClock, JOURNAL_LIMIT_MS, calls.find(legId))) ?? 'unknown'
    } catch (error) {
      log.warn({ legId, ...describeCause(error) }, 'journal not asked about a call of an earlier process')
      return 'unasked'
    }
  }

  /** Who takes a caller without a session: the fallback route of the number that was dialled. `spoken`: the language of their call, if it is known. */
  const fallbackOf = (
    direction: TurnedAway['direction'],
    dialled: E164 | undefined,
    spoken?: string,
    { language, fallback }: Pick<Answer, 'language' | 'fallback'> = numbers.resolve(dialled),
  ): TurnedAway => ({
    direction,
    language: spoken !== undefined && isLanguage(spoken) ? spoken : language,
    dialled: dialled ?? ownNumber,
    fallback,
  })

  /** The fallback route of a caller whose call, of an earlier process, cannot go on. */
  const turnedAwayOf = async (
    { legId, direction, dialled: rung, isNamed, report }: LostLeg,
    isUnanswered: boolean,
  ): Promise<TurnedAway | undefined> => {
    // The conversation with the person is over.
    if (report?.transfer === 'bridged') return undefined
    // The journal is not asked twice when it has not answered: the caller waits.
    const asked = isUnanswered ? 'unasked' : await recorded(legId)
    // Neither the journal nor the carrier knows the call: it does not belong to this gateway.
    if (asked === 'unknown' && !isNamed) return undefined
    const known = typeof asked === 'string' ? undefined : asked
    if (endedOnPurpose(known?.disposition)) return undefined
    log.warn({ callId: known?.callId, legId }, 'call of an earlier process: the caller goes to the fallback route')
    const dialled = tryE164(known?.dialled ?? '') ?? rung
    return fallbackOf(known?.direction === 'outbound' ? 'outbound' : direction, dialled, known?.language)
  }

  /** The instance that has been faster. */
  const ownerNow = async (id: string): Promise<string | undefined> =>
    deps.elsewhere && inTime(systemClock, JOURNAL_LIMIT_MS, deps.elsewhere.ownerOf(id)).catch(() => undefined)

  const legs = createNewLegs({ adoption, claim: deps.claim })

  /** Why a new caller does not wait for the model. A call that has a session already keeps it. */
  const outageRefusal = (legId: string) => {
    const outage = deps.model?.outage
    if (!outage || registry.byLegId(legId)) return undefined
    return {
      code: 'model_outage',
      why: 'outage',
      reason: `Other calls have shown that no model is to be had (${outage.code}).`,
      mayRing: true,
    } as const
  }

  return {
    numbers: ours,
    calls: registry,
    log: lineLog(log),
    http: createLineHttp({ log, metrics }),
    arrived({ line, legId, direction, otherParty: caller, dialled: rung }) {
      const test = trialOf(legId)
      const { name, mode, language, fallback, origin } = test?.trial.answer ?? numbers.resolve(rung)
      const isUnlisted = !test && numbers.resolve(rung).source === 'unlisted'
      // Transfers are placed from this number, and numbers without a country code are read in its country.
      const dialled = test?.trial.dialled ?? rung ?? ours.own
      if (dialled === undefined)
        throw new GatewayError(
          'request_invalid',
          'The called address is no number, and the gateway has no number of its own. Set TWILIO_PHONE_NUMBER or list one in the settings.',
        )
      const turnAway = (mayRing: boolean) => ({
        turnedAway: { direction, language, dialled, ...(mayRing ? { fallback } : {}) },
      })
      // Before the limits of a caller count the call: the other instance counts it too.
      if (!test && direction === 'inbound' && deps.passesOn?.()) return { isForAnother: true }
      const closedBy = deps.takesCalls === false && direction === 'inbound' ? 'role' : deps.turnsAway() && 'draining'
      const leg = { legId, line, direction, dialled: rung }
      const mayBeKnown =
        (deps.claim ?? deps.elsewhere) !== undefined && !test && legId !== '' && direction === 'inbound'
      /** Whose call goes on is not new: at the fallback they would be fetched back from the person there. */
      const goneOnOrAway = (turnedAway: () => Arrived): Arrived | Promise<Arrived> =>
        mayBeKnown && !deps.turnsAway() ? legs.goneOnOr(leg, turnedAway) : turnedAway()
      if (closedBy && !test)
        return goneOnOrAway(() => {
          metrics.turnedAway(closedBy)
          deps.countTurnedAway(rung, closedBy)
          log.warn({ legId, dialled: shown(rung, NO_NUMBER) }, CLOSED[closedBy])
          return turnAway(true)
        })
      const refusal = (test ? undefined : admission.refuse({ legId, direction, caller })) ?? outageRefusal(legId)
      if (refusal || !mode) {
        const { code, reason, why, mayRing } = refusal ?? notBuilt(name)
        return goneOnOrAway(() => {
          if (!test) {
            metrics.refused(code)
            metrics.turnedAway(why)
            deps.countTurnedAway(rung, why)
          }
          const who = { caller: shown(caller.number, 'withheld'), dialled: shown(rung, NO_NUMBER) }
          tellRefusal(why, { legId, code, reason, ...who })
          return turnAway(mayRing)
        })
      }
      // Outbound calls have no fallback: nobody else is rung for a callee.
      const mayUseFallback = fallback !== undefined && direction === 'inbound'
      const open = (id?: string): Arrived => {
        const call = registry.open({
          line,
          legId,
          direction,
          otherParty: caller,
          dialled,
          mode,
          ...origin,
          ...(mayUseFallback ? { fallback } : {}),
          ...(id === undefined ? {} : { callId: id }),
          ...(test ? { isTest: true as const } : {}),
        })
        const { callId } = call.facts
        log.info(
          {
            callId,
            legId,
            instance: name,
            direction,
            dialled: shown(rung, NO_NUMBER),
            caller: shown(caller.number, 'withheld'),
          },
          isUnlisted ? 'call opened on a number that is not in the settings' : 'call opened',
        )
        return { call }
      }
      if (!mayBeKnown) return open(test?.callId)
      const { instance, settingsVersion, tuningProfile } = origin
      const opening = {
        callId: randomUUID(),
        legId,
        mode: mode.name,
        direction,
        ...(caller.number === undefined ? {} : { caller: caller.number }),
        dialled,
        startedAt: systemClock.date().toISOString(),
        ...(instance === undefined ? {} : { instance }),
        ...(settingsVersion === undefined ? {} : { settingsVersion }),
        ...(tuningProfile === undefined ? {} : { tuningProfile }),
        language,
      }
      return legs.claimedOr(leg, opening, open)
    },
    answered(call) {
      call.answered()
      calls.begun(call)
    },
    ...(deps.elsewhere
      ? {
          async remembered(call: CallSession) {
            await deps.elsewhere?.remembered(call)
          },
          instanceOf: ownerNow,
          async lostMedia(media: LostMedia) {
            const found = deps.turnsAway() ? 'none' : await adoption.resumeMedia(media)
            return typeof found === 'string' ? undefined : found
          },
        }
      : {}),
    languageOf: ({ legId, dialled }) => (registry.byLegId(legId)?.mode ?? numbers.resolve(dialled)).language,
    turnAway({ legId, direction, dialled: rung }): TurnedAway {
      const { facts, mode } = registry.byLegId(legId) ?? {}
      const test = testCallOf(legId)
      return fallbackOf(
        facts?.direction === 'outbound' ? 'outbound' : direction,
        facts?.dialled ?? rung,
        mode?.language,
        test === 'over' ? undefined : test?.trial.answer,
      )
    },
    async lost(leg) {
      if (deps.elsewhere?.isClosing())
        throw new GatewayError('draining', 'This instance ends, and hands its calls over: another one answers.')
      const found = deps.turnsAway() ? 'none' : await adoption.resume(leg)
      if (typeof found !== 'string') return { call: found }
      const winner = found === 'lost' ? await ownerNow(leg.legId) : undefined
      if (winner !== undefined) return { instance: winner }
      const turnedAway = await turnedAwayOf(leg, found === 'failed')
      return turnedAway && { turnedAway }
    },
    async keepRecording({ legId, caller, recordingId, recordingUrl, route }) {
      const facts = registry.byLegId(legId)?.facts
      const test = trialOf(legId)
      const ids = { callId: facts?.callId, legId, recordingId }
      const label =
        route === undefined
          ? undefined
          : (test?.trial.answer ?? numbers.resolve(facts?.dialled)).mode?.routes[route]?.label
      const message = {
        callId: facts?.callId ?? (legId || recordingId),
        callerName: facts?.otherParty.name ?? 'Unknown caller',
        callerNumber: facts?.otherParty.number ?? caller ?? null,
        text: '(recorded message)',
        urgency: 'normal',
        kind: 'recording',
        ...(label === undefined ? {} : { recipient: label }),
        recordingId,
        recordingUrl,
        idempotencyKey: recordingId,
        route,
      } as const
      try {
        await inTime(systemClock, STORE_TIMEOUT_MS, (test?.trial.messages ?? messages).take(message))
        log.info(ids, 'message recorded')
        return true
      } catch (error) {
        log.error({ ...ids, ...describeCause(error) }, 'recorded message could not be stored')
        return false
      }
    },
    legReported(legId, news) {
      const call = registry.byLegId(legId)
      if (call) call.reported(news)
      else if (legId !== '') calls.legReported(legId, news)
    },
    statusReported: dialer.statusReported,
  }
}
