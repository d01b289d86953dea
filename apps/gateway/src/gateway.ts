import { createCallRegistry, maskNumber, systemClock } from '@llc-phone/core'
import { createCompletionDelivery } from '@llc-phone/delivery'
import { createDialer, defaultPolicy } from '@llc-phone/dialer'
import { createTwilioLine, restUrlOf, twilioAccount } from '@llc-phone/line-twilio'
import { exposureOf, openSpool, openStore, type NumberBook, type Store } from '@llc-phone/store'
import type { Logger } from 'pino'
import { configureGateway } from '../gateway.config.ts'
import { createAdmission } from './admission.ts'
import { createCallFeed } from './watching/call-feed.ts'
import { createCallLog } from './watching/call-log.ts'
import { createLiveLog } from './watching/live-log.ts'
import { describeCause } from './watching/describe-cause.ts'
import type { GatewayDeps } from './deps.ts'
import { createDrain } from './drain.ts'
import type { Env } from './configuration/env.ts'
import { createLineHost } from './inbound.ts'
import { openApps } from './open-apps.ts'
import { createAccess } from './routes/access.ts'
import { createMetrics } from './watching/metrics.ts'
import { speakerOf } from './configuration/model-server.ts'
import { createModelSide } from './model-side.ts'
import { createStop, type Stop } from './stop.ts'
import { modelWarning } from './configuration/models.ts'
import { capacityOf, readMachine } from './configuration/capacity.ts'
import type { Numbers } from './configuration/numbers.ts'
import { createObserver } from './watching/observe.ts'
import { openGreetings } from './configuration/greetings.ts'
import { openPhrases } from './configuration/phrases.ts'
import { createTurnedAwayCount } from './watching/turned-away-count.ts'
import { watchLoad } from './watching/load-watch.ts'
import { agentFor, logProxy, proxyFetch } from './configuration/proxy.ts'
import { reportPromptSizes } from './watching/prompt-sizes.ts'
import { createStorageWatch, type StorageWatch } from './watching/storage-watch.ts'
import { watchLedger } from './watching/watched-ledger.ts'
import { kindsOfCall } from './configuration/wishes.ts'

/** A gateway that listens. */
export interface Gateway extends Stop {
  readonly port: number
  /** Where operator routes are served, when that is a listener of its own. */
  readonly adminPort?: number
  readonly numbers: Numbers
}

/** How this process runs. */
export interface GatewayOptions {
  readonly log: Logger
  /** How long live calls may go on after a stop was requested (ms). */
  readonly drainDeadlineMs: number
  /** Development only: adds fictional customers to the database. */
  readonly demoData?: boolean
  /** Replaces gateway.config.ts. */
  readonly configure?: typeof configureGateway
  /** Tests: an answer that does not fit the schema of its route is an error. */
  readonly checkAnswers?: boolean
}

/** Applies the assignments made at run time on top of gateway.config.ts. */
const recallAssignments = async (numbers: Numbers, stored: NumberBook, log: Logger): Promise<void> => {
  for (const { number, mode } of await stored.list()) {
    try {
      numbers.assign(number, mode)
    } catch (error) {
      // gateway.config.ts was edited since then: skip the assignment, the other numbers must still be answered.
      log.warn(
        { dialled: maskNumber(number), reason: (error as Error).message },
        'stored assignment left out: ./phone numbers set or remove puts it right',
      )
    }
  }
}

/** Puts the gateway together and listens. Throws `config_invalid` or `port_in_use` with a message for the operator. */
export const startGateway = async (env: Env, options: GatewayOptions): Promise<Gateway> => {
  const { log } = options
  const warning = modelWarning(env.OPENAI_MODEL, new Date())
  if (warning) log.warn({ model: env.OPENAI_MODEL }, warning)

  const leaveProxy = proxyFetch(env)
  logProxy(env, leaveProxy !== undefined, log)

  const storage = createStorageWatch(log)
  const store = await openStore({
    url: env.DATABASE_URL,
    // Start without a database too: callers are answered.
    keepTrying: true,
    onProblem: storage.report,
    onLost: (error) => log.error(describeCause(error), 'the database thread died and is replaced'),
  })
  const exposure = exposureOf(env.DATABASE_URL)
  if (exposure) log.warn(exposure)
  try {
    const gateway = await assemble(env, options, store, storage)
    const leave = () => leaveProxy?.()
    gateway.stopped.then(leave, leave)
    return gateway
  } catch (error) {
    leaveProxy?.()
    await store.close()
    throw error
  }
}

/** Creates every part, in the order of their dependencies, then listens. */
const assemble = async (env: Env, options: GatewayOptions, store: Store, storage: StorageWatch): Promise<Gateway> => {
  const { log, configure = configureGateway, demoData = false } = options
  const metrics = createMetrics({
    registry: () => registry,
    waiting: () => dialer.waiting,
    isStored: () => store.problem() === undefined,
    isModelOut: () => provider.outage !== undefined,
    journalLagSeconds: () => live.lagSeconds(),
    warmSessions: () => pool.idle,
  })

  // What the operator has configured, and what is kept.
  const ledger = watchLedger(store.outbound, metrics)
  const { numbers, outbound, messages, delivery } = await configure({ env, store, log, demoData })
  // Until then, those of gateway.config.ts apply.
  await storage.nowOrLater(() => recallAssignments(numbers, store.numbers, log))
  const completions = createCompletionDelivery({
    completions: ledger,
    notes: store.callNotes,
    webhook: env.OUTBOUND_WEBHOOK_URL
      ? { url: env.OUTBOUND_WEBHOOK_URL, secret: env.OUTBOUND_WEBHOOK_SECRET ?? '' }
      : undefined,
    onProblem: (problem) => log.warn(problem, 'completion of an outbound call not delivered'),
  })
  const spool = openSpool(env.DATABASE_URL)
  const calls = createCallLog({
    journal: store.journal,
    model: env.OPENAI_MODEL,
    log,
    spool,
    keepEvents: { archive: store.events, days: env.KEEP_EVENTS_DAYS },
    isLost: (call) => live.isLost(call),
  })
  const live = createLiveLog({ journal: store.journal, active: () => registry.active(), log })
  const feed = createCallFeed()

  // The model, and the recordings that spare it.
  const { provider, pool } = createModelSide(env, {
    log,
    metrics,
    kinds: kindsOfCall(numbers, outbound),
    onQuota: (quota) => registry.room.quota(quota),
  })
  const phrases = await openPhrases({
    archive: store.phrases,
    provider,
    model: env.OPENAI_MODEL,
    clock: systemClock,
    log,
    voices: [env.OPENAI_VOICE, ...numbers.voices, ...(outbound?.voices ?? [])],
  })
  const greetings = await openGreetings({ archive: store.greetings, clock: systemClock, log, ...speakerOf(env) })

  // The calls of this process, and how many there may be.
  const capacity = capacityOf(env.MAX_CALLS, readMachine())
  const registry = createCallRegistry({
    clock: systemClock,
    provider: pool,
    defaultVoice: env.OPENAI_VOICE,
    prewarmTimeoutMs: env.PREWARM_TIMEOUT_MS,
    refreshTokens: env.MODEL_REFRESH_TOKENS,
    phrases: phrases.book,
    limits: {
      calls: capacity.calls,
      startsPerSecond: env.MAX_STARTS_PER_SECOND,
      loopDelayMs: env.MAX_LOOP_DELAY_MS,
    },
    persist: live.persist,
    greetings: greetings.book,
    observe: createObserver({
      log,
      metrics,
      feed,
      calls,
      outboundEnded: (call, costUsd) => dialer.ended(call, costUsd),
    }),
  })

  // The carrier; who is answered, and whom we call.
  const twilio = createTwilioLine({
    account: twilioAccount(env, agentFor(restUrlOf(env), env, true)),
    publicUrl: env.PUBLIC_URL,
    publicUrlAsWritten: env.PUBLIC_URL_AS_WRITTEN,
    authTokens: env.TWILIO_AUTH_TOKEN,
    sharedKeys: env.TWILIO_WEBHOOK_SHARED_KEYS,
    ownNumber: env.TWILIO_PHONE_NUMBER,
    clock: systemClock,
    calls: registry,
  })
  const admission = createAdmission({
    limits: {
      callsPerCaller: env.MAX_CALLS_PER_CALLER,
      startsPerCaller: env.MAX_STARTS_PER_CALLER,
    },
    clock: systemClock,
    registry,
  })
  const turnedAway = createTurnedAwayCount(store.turnedAway, systemClock)
  const drain = createDrain({
    registry,
    clock: systemClock,
    log,
    deadlineMs: options.drainDeadlineMs,
  })
  const dialer = createDialer({
    registry,
    ledger: completions.ledger,
    doNotCall: store.doNotCall,
    contacts: store.contacts,
    carrier: twilio.carrier,
    line: twilio.line,
    policy: () => outbound?.policy ?? defaultPolicy(env.TWILIO_PHONE_NUMBER),
    clock: systemClock,
    prewarmTimeoutMs: env.PREWARM_TIMEOUT_MS,
    primes: env.PREWARM_PRIMING,
    modelIsOut: () => provider.outage !== undefined,
    webhook: env.OUTBOUND_WEBHOOK_URL !== undefined,
    isOurNumber: (number) => number === outbound?.from || numbers.list().some((ours) => ours.number === number),
    onProblem: ({ callId, message, cause }) =>
      log.warn({ callId, reason: message, ...describeCause(cause) }, 'outbound call problem'),
  })
  const host = createLineHost({
    log,
    registry,
    admission,
    numbers,
    ownNumber: env.TWILIO_PHONE_NUMBER,
    calls,
    journal: store.journal,
    messages,
    dialer,
    metrics,
    model: provider,
    turnsAway: () => drain.turnsAway,
    countTurnedAway: turnedAway.add,
  })

  // HTTP.
  const deps: GatewayDeps = {
    access: createAccess({ adminToken: env.ADMIN_TOKEN, people: store.people, clock: systemClock, log }),
    log,
    registry,
    lines: [twilio.serve(host)],
    numbers,
    assignments: store.numbers,
    calls,
    outbound,
    dialer,
    ledger,
    doNotCall: store.doNotCall,
    contacts: store.contacts,
    notes: store.callNotes,
    turnedAway: store.turnedAway,
    audit: store.audit,
    people: store.people,
    phrases,
    greetings,
    metrics,
    feed,
    storage: store,
    model: provider,
    checkAnswers: options.checkAnswers ?? false,
    isDraining: () => drain.begun,
  }
  const { port, adminPort, close: closeApps } = await openApps(deps, env)
  reportPromptSizes(numbers, log, metrics)
  log.info({ calls: capacity.calls, because: capacity.why }, 'call limit')

  // What goes on in the background.
  calls.start()
  live.start()
  delivery?.start()
  completions.start()
  // Calls of an earlier process are looked up at the carrier; new callers must not wait for that.
  storage
    .nowOrLater(() => dialer.start())
    .catch((error: unknown) => log.error(describeCause(error), 'outbound calls not recovered'))
  const loadWatch = watchLoad(systemClock, registry.room.sample)
  log.info({ host: env.HOST, port, adminPort, publicUrl: env.PUBLIC_URL, model: env.OPENAI_MODEL }, 'gateway listens')
  if (env.RECORD_PHRASES) void phrases.recordMissing()

  const ending = createStop({
    log,
    metrics,
    drain,
    rest() {
      pool.stop()
      return Promise.all([dialer.stop(), phrases.stop()])
    },
    async close() {
      loadWatch.stop()
      await closeApps()
      provider.stop()
      await live.stop()
      await calls.flush()
      await turnedAway.write()
      await ledger.flush()
      await greetings.stop()
      await Promise.all([delivery?.stop(), completions.stop()])
      await store.close()
    },
  })
  return { port, ...(adminPort === undefined ? {} : { adminPort }), numbers, ...ending }
}
