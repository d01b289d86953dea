import { systemClock, type CallRegistry, type GuardedProvider } from '@llc-phone/core'
import type { CompletionDelivery } from '@llc-phone/delivery'
import { createDialer, type Dialer, type SharedDialing } from '@llc-phone/dialer'
import { createTwilioLine, openRecording, restUrlOf, twilioAccount, type OpenRecording } from '@llc-phone/line-twilio'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import type { Instance } from '@llc-phone/store'
import type { Logger } from 'pino'
import { createAdmission } from './admission.ts'
import type { Env } from './configuration/env.ts'
import { callUrlOf } from './configuration/fleet-env.ts'
import type { Numbers } from './configuration/numbers.ts'
import type { OutboundModes } from './configuration/outbound.ts'
import { agentFor } from './configuration/proxy.ts'
import type { LineServer } from './deps.ts'
import { createAdoption } from './adoption.ts'
import type { Fleet } from './fleet/fleet.ts'
import { createLineHost, JOURNAL_LIMIT_MS, type InboundDeps } from './inbound.ts'
import { createPace } from './pace.ts'
import { createRescue, isPutThrough, type Rescue } from './rescue.ts'
import type { TestCalls } from './test-calls/test-calls.ts'
import { describeCause } from './watching/describe-cause.ts'
import type { Metrics } from './watching/metrics.ts'

/** The carrier as the process sees it: who is answered, and whom we call. */
export interface CarrierSide {
  readonly lines: readonly LineServer[]
  readonly dialer: Dialer
  /** Calls whose process has gone silent. */
  readonly rescue: Rescue
  openRecording(recordingId: string): Promise<OpenRecording | undefined>
}

interface CarrierSideParts extends Pick<
  InboundDeps,
  'calls' | 'messages' | 'countTurnedAway' | 'turnsAway' | 'elsewhere'
> {
  readonly fleet: Pick<Fleet, 'passesOn' | 'takesCalls' | 'hasRoom' | 'claim'>
  /** The other instances that are up. */
  instances(): readonly Instance[]
  readonly log: Logger
  readonly metrics: Metrics
  readonly registry: CallRegistry
  readonly store: DrizzleStore
  readonly numbers: Numbers
  readonly outbound: OutboundModes
  readonly ledger: CompletionDelivery['ledger']
  /** Calls wait in a queue of several gateways. */
  readonly shared: SharedDialing | undefined
  readonly provider: GuardedProvider
  readonly testCalls: Pick<TestCalls, 'inner' | 'ofLeg' | 'has'>
}

/** How long the journal may take where another instance may leave a hundred calls at once (ms); a carrier waits for fifteen seconds. */
const CROWD_LIMIT_MS = 4_000

/** Model sessions of calls that were taken over: ten a second, however many calls a dead process has left. */
const SESSION_EVERY_MS = 100

/** Connects the gateway with its carrier. */
export const createCarrierSide = (env: Env, parts: CarrierSideParts): CarrierSide => {
  const { log, metrics, registry, store, numbers, outbound, ledger, shared, provider, testCalls } = parts
  const account = twilioAccount(env, agentFor(restUrlOf(env), env, true))
  const twilio = createTwilioLine({
    account,
    publicUrl: env.PUBLIC_URL,
    publicUrlAsWritten: env.PUBLIC_URL_AS_WRITTEN,
    callUrl: callUrlOf(env),
    fleet: env.FLEET_SECRET && {
      secrets: env.FLEET_SECRET,
      epochOf: store.journal.epochOf,
      opened(callId) {
        // For people who look at the table: nothing here depends on it.
        store.journal.mediaOpened(callId).catch(() => undefined)
      },
      otherOrigins: () => parts.instances().flatMap(({ address }) => address ?? []),
      prefixes: () => [env.INSTANCE_ID, ...parts.instances().map(({ id }) => id)].map((id) => `/i/${id}`),
    },
    authTokens: env.TWILIO_AUTH_TOKEN,
    sharedKeys: env.TWILIO_WEBHOOK_SHARED_KEYS,
    ownNumber: env.TWILIO_PHONE_NUMBER,
    inner: testCalls.inner,
    clock: systemClock,
    calls: registry,
  })
  const dialer = createDialer({
    registry,
    ledger,
    ...(shared ? { shared } : {}),
    doNotCall: store.doNotCall,
    contacts: store.contacts,
    carrier: twilio.carrier,
    line: twilio.line,
    policy: outbound.policy,
    clock: systemClock,
    prewarmTimeoutMs: env.PREWARM_TIMEOUT_MS,
    primes: env.PREWARM_PRIMING,
    modelIsOut: () => provider.outage !== undefined,
    webhook: env.OUTBOUND_WEBHOOK_URL !== undefined,
    async isWithSomebodyElse(callId) {
      const [{ plan }, story] = await Promise.all([store.journal.left(callId), store.journal.find(callId)])
      return isPutThrough(plan, story?.transfers)
    },
    isOurNumber: (number) => number === outbound.from || numbers.list().some((ours) => ours.number === number),
    onProblem: ({ callId, message, cause }) =>
      log.warn({ callId, reason: message, ...describeCause(cause) }, 'outbound call problem'),
  })
  const adoption = createAdoption({
    log,
    registry,
    numbers,
    calls: parts.calls,
    journal: store.journal,
    metrics,
    limitMs: parts.elsewhere ? CROWD_LIMIT_MS : JOURNAL_LIMIT_MS,
    answered: dialer.adopt,
    placed: shared?.adopts
      ? (call) =>
          dialer.adopt(call.callId, ({ plan: { mode, machine }, origin }) =>
            registry.resume({ ...call, direction: 'outbound', mode, machine, ...origin }),
          )
      : undefined,
    asksOthers: parts.elsewhere !== undefined,
    isFull: () => registry.room.refuse('inbound') === 'calls',
    modelInMs: createPace(SESSION_EVERY_MS, systemClock.now),
  })
  const rescue = createRescue({
    log,
    journal: store.journal,
    adoption,
    line: twilio.line,
    metrics,
    // A full one would send the caller to the fallback route, while another one has room.
    mayTake: () => !parts.turnsAway() && !parts.fleet.passesOn(),
  })
  const host = createLineHost({
    log,
    registry,
    admission: createAdmission({
      limits: {
        callsPerCaller: env.MAX_CALLS_PER_CALLER,
        startsPerCaller: env.MAX_STARTS_PER_CALLER,
      },
      clock: systemClock,
      fleetHasRoom: parts.fleet.hasRoom,
      // Whoever tries a line takes nothing from the callers whose number they show.
      registry: {
        room: registry.room,
        active: () => registry.active().filter(({ facts }) => !testCalls.has(facts.callId)),
      },
    }),
    numbers,
    ownNumber: env.TWILIO_PHONE_NUMBER,
    calls: parts.calls,
    adoption,
    messages: parts.messages,
    dialer,
    metrics,
    model: provider,
    testCallOf: testCalls.ofLeg,
    turnsAway: parts.turnsAway,
    passesOn: parts.fleet.passesOn,
    takesCalls: parts.fleet.takesCalls,
    claim: parts.fleet.claim,
    countTurnedAway: parts.countTurnedAway,
    elsewhere: parts.elsewhere,
  })
  return {
    lines: [twilio.serve(host)],
    dialer,
    rescue,
    openRecording: (recordingId) => openRecording(account, recordingId),
  }
}
