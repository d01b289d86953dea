import { createCallRegistry, systemClock } from '@llc-phone/core'
import { createCompletionDelivery } from '@llc-phone/delivery'
import { customerDatabase, forgetCustomers, openCustomerDesk, openCustomerList } from '@llc-phone/mode-csr'
import { exposureOf, newestBackup, openSettingsCopy, openSpool, openStore } from '@llc-phone/database'
import { type DrizzleStore } from '@llc-phone/store-drizzle'
import type { InstanceFacts } from '@llc-phone/store'
import type { Logger } from 'pino'
import type { configureGateway } from '../gateway.config.ts'
import { createCallFeed } from './watching/call-feed.ts'
import { createCallLog } from './watching/call-log.ts'
import { createLiveLog } from './watching/live-log.ts'
import { describeCause } from './watching/describe-cause.ts'
import type { GatewayDeps } from './deps.ts'
import { createDoctor } from './doctor/doctor-inside.ts'
import { createCallerForgetter } from './forget-caller.ts'
import { createDrain } from './drain.ts'
import { createFleet } from './fleet/fleet.ts'
import { createPresence } from './fleet/presence.ts'
import { secretMarkOf } from './fleet/secret-mark.ts'
import { createHandOver } from './hand-over.ts'
import type { Env } from './configuration/env.ts'
import { createCarrierSide } from './carrier-side.ts'
import { openOutboundQueue } from './outbound-queue.ts'
import { openApps } from './open-apps.ts'
import { createLineHttp } from './routes/line-http.ts'
import { createTestCalls } from './test-calls/test-calls.ts'
import { openTrial } from './test-calls/trial.ts'
import { createAccess } from './routes/access.ts'
import { createFailedSignIns } from './routes/failed-sign-ins.ts'
import { expectedModes } from './watching/expected-modes.ts'
import { createMetrics } from './watching/metrics.ts'
import { speakerOf } from './configuration/model-server.ts'
import { createModelSide } from './model-side.ts'
import { ownVersion } from './processes/run-record.ts'
import { createStop, type Stop } from './stop.ts'
import { modelWarning } from './configuration/models.ts'
import { capacityOf, readMachine } from './configuration/capacity.ts'
import type { Numbers, Speaking } from './configuration/numbers.ts'
import { openConfiguration, recallAssignments, reloadLogged, reportLost } from './configuration/open-configuration.ts'
import { createDrafts } from './configuration/settings-draft.ts'
import { createObserver } from './watching/observe.ts'
import { openGreetings } from './configuration/greetings.ts'
import { openPhrases } from './configuration/phrases.ts'
import { createTurnedAwayCount } from './watching/turned-away-count.ts'
import { createRecorder } from './recording/recorder.ts'
import { openRecordings, recordingsFolder } from './recording/recordings.ts'
import { createStatistics } from './statistics/statistics.ts'
import { createRetention, RETENTION_JOB } from './watching/retention.ts'
import { watchLoad } from './watching/load-watch.ts'
import { logProxy, proxyFetch } from './configuration/proxy.ts'
import { reportPromptSizes } from './watching/prompt-sizes.ts'
import { openTraces } from './watching/traces.ts'
import { traceSettingsOf } from './configuration/traces-env.ts'
import { createStorageWatch, type StorageWatch } from './watching/storage-watch.ts'
import { watchLedger } from './watching/watched-ledger.ts'
import { kindsOfCall } from './configuration/wishes.ts'

/** A gateway that listens. */
export interface Gateway extends Stop {
  readonly port: number
  /** Where operator routes are served, when that is a listener of its own. */
  readonly adminPort?: number
  readonly numbers: Numbers
  /** Reads the file of SETTINGS again; what goes wrong is logged. */
  reloadSettings(): Promise<void>
  /** The ids of the calls that are up: ours, and the carrier's if it has given one. */
  liveCalls(): readonly { readonly callId: string; readonly legId: string }[]
}

/** How this process runs. */
export interface GatewayOptions {
  readonly log: Logger
  /** How long live calls may go on after a stop was requested (ms). */
  readonly drainDeadlineMs: number
  /** Development only: adds fictional customers to the database. */
  readonly demoData?: boolean
  /** It is run by `./phone dev`. */
  readonly development?: {
    /** Whether a browser of this machine is signed in at once. */
    readonly signsIn: boolean
    readonly isModelSimulated: boolean
  }
  /** Replaces gateway.config.ts. */
  readonly configure?: typeof configureGateway
  /** Tests: an answer that does not fit the schema of its route is an error. */
  readonly checkAnswers?: boolean
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
    instance: env.INSTANCE_ID,
    connections: env.DATABASE_POOL,
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
const assemble = async (
  env: Env,
  options: GatewayOptions,
  store: DrizzleStore,
  storage: StorageWatch,
): Promise<Gateway> => {
  const { log, configure, development, demoData = false } = options
  const metrics = createMetrics({
    registry: () => registry,
    waiting: () => dialer.waiting,
    oldestWaitingMs: () => dialer.oldestMs,
    isStored: () => store.problem() === undefined,
    isModelOut: () => provider.outage !== undefined,
    journalLagSeconds: () => live.lagSeconds(),
    warmSessions: () => pool.idle,
    instanceState: () => fleet.state,
  })
  const instance: InstanceFacts | undefined =
    env.INSTANCE_ID === undefined
      ? undefined
      : {
          id: env.INSTANCE_ID,
          address: env.INSTANCE_URL,
          version: ownVersion(),
          secretMark: secretMarkOf(env.FLEET_SECRET),
        }
  // Others on a database in a file would be on this machine and its port.
  const presence =
    instance && store.engine === 'postgres'
      ? createPresence({
          book: store.fleet,
          facts: instance,
          log,
          async readAgain(topic) {
            if (topic === 'settings') await settings.refresh()
            if (topic === 'numbers') await recallAssignments(numbers, store.numbers)
            if (topic === 'people') await access.changed()
          },
          fenced: () => void ending.stop().catch(() => undefined),
        })
      : undefined
  await presence?.begin()

  const traceSettings = traceSettingsOf(env)
  const traces =
    traceSettings &&
    (await openTraces({
      settings: traceSettings,
      find: (callId) => registry.byCallId(callId),
      costOf: (call) => calls.storyOf(call).costUsd,
      clock: systemClock,
      log,
    }))
  const traceparentOf = traces?.traceparentOf

  // What the operator has configured, and what is kept.
  const ledger = watchLedger(store.outbound, metrics)
  const { settings, numbers, outbound, messages, delivery } = await openConfiguration(env, {
    store,
    book: store.settings,
    copy: openSettingsCopy(env.DATABASE_URL),
    log,
    demoData,
    configure,
    watch: { onResult: (result) => metrics.delivered('message', result), traceparentOf },
    nowOrLater: storage.nowOrLater,
  })
  // Until then, the settings alone apply.
  await storage.nowOrLater(() => recallAssignments(numbers, store.numbers))
  const completions = createCompletionDelivery({
    completions: ledger,
    notes: store.callNotes,
    webhook: env.OUTBOUND_WEBHOOK_URL
      ? { url: env.OUTBOUND_WEBHOOK_URL, secret: env.OUTBOUND_WEBHOOK_SECRET ?? '' }
      : undefined,
    onProblem: (problem) => log.warn(problem, 'completion of an outbound call not delivered'),
    onResult: (result) => metrics.delivered('completion', result),
    traceparentOf,
  })
  const spool = openSpool(env.DATABASE_URL)
  const calls = createCallLog({
    journal: store.journal,
    model: env.OPENAI_MODEL,
    log,
    spool,
    keepEvents: env.KEEP_EVENTS_DAYS > 0,
    isLost: (call) => live.isLost(call),
    toolData: env.KEEP_TOOL_DATA,
    trialOf: (callId) => testCalls.trialOf(callId),
  })
  const spansMachines = store.engine === 'postgres'
  const live = createLiveLog({
    journal: store.journal,
    active: () => registry.active(),
    log,
    spansMachines,
    resumesPlaced: spansMachines && env.FLEET_SECRET !== undefined,
    fenced: () => metrics.fenced(),
    forget: (callId) => registry.forget(callId),
  })
  const feed = createCallFeed()
  const folder = recordingsFolder(env.DATABASE_URL)
  const recordings = folder === undefined ? undefined : openRecordings(folder)
  const recorder = recordings && createRecorder({ recordings, log, over: (outcome) => metrics.recorded(outcome) })

  // The model, and the recordings that spare it.
  const { provider, pool, reportUntaken } = createModelSide(env, {
    log,
    metrics,
    kinds: () => kindsOfCall(numbers, outbound),
    onQuota: (quota) => registry.room.quota(quota),
  })
  const phrases = await openPhrases({
    archive: store.phrases,
    provider,
    model: env.OPENAI_MODEL,
    clock: systemClock,
    log,
    // The default voice also if no mode uses it: the next settings may.
    speakers: () =>
      [{ language: numbers.resolve(undefined).language }, ...numbers.speaking, ...outbound.speaking].map(
        ({ voice = env.OPENAI_VOICE, language }: Speaking) => ({ voice, language }),
      ),
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
    traceparentOf,
    greetings: greetings.book,
    ...(env.TWILIO_IS_SIMULATED ? { isTest: true } : {}),
    mediaBegins: (call) => recorder?.begin(call),
    soundsAgain: (afterMs) => metrics.adoptionSounded(afterMs),
    observe: createObserver({
      log,
      metrics,
      feed,
      calls,
      traces,
      isTestCall: (callId) => testCalls.has(callId),
      outboundEnded: (call, costUsd) => (live.isLost(call) ? dialer.left(call) : dialer.ended(call, costUsd)),
    }),
  })

  // The carrier; who is answered, and whom we call.
  const turnedAway = createTurnedAwayCount(store.turnedAway, systemClock)
  const drain = createDrain({
    registry,
    clock: systemClock,
    log,
    deadlineMs: options.drainDeadlineMs,
    ...(spansMachines
      ? { handOver: createHandOver({ others: () => presence?.others() ?? [], live, clock: systemClock, log }) }
      : {}),
  })
  let serves = false
  let isClosing = false
  let loopP99Ms = 0
  const fleet = createFleet({
    id: env.INSTANCE_ID,
    version: ownVersion(),
    rated: capacity.calls,
    fleetMaxCalls: env.FLEET_MAX_CALLS,
    takesCalls: env.INSTANCE_ROLES.includes('calls'),
    dials: env.INSTANCE_ROLES.includes('dial'),
    presence,
    book: store.fleet,
    publicUrl: env.PUBLIC_URL,
    registry,
    drain,
    metrics,
    log,
    serves: () => serves,
    isClosing: () => isClosing,
    loopP99Ms: () => loopP99Ms,
  })
  const access = createAccess({
    adminToken: env.ADMIN_TOKEN,
    people: store.people,
    sessions: store.sessions,
    audit: store.audit,
    clock: systemClock,
    log,
    publicUrl: env.PUBLIC_URL,
    isDevelopment: development?.signsIn ?? false,
  })
  const testCalls = createTestCalls({
    env,
    log,
    registry,
    calls,
    http: createLineHttp({ log, metrics }),
    isDraining: () => drain.begun || fleet.isResting,
    settled(callId) {
      const call = registry.byCallId(callId)
      if (call) calls.changed(call)
    },
    admit: (request) => access.admitUpgrade(request, 'operator'),
  })
  const shared = await openOutboundQueue(env, {
    store,
    ledger: completions.ledger,
    outbound,
    numbers,
    contacts: store.contacts,
    log,
    metrics,
    takesWork: () => fleet.takesWork() && fleet.hasRoom(),
  })
  const { lines, dialer, rescue, openRecording } = createCarrierSide(env, {
    testCalls,
    log,
    metrics,
    registry,
    store,
    numbers,
    outbound,
    ledger: completions.ledger,
    shared,
    provider,
    calls,
    messages,
    turnsAway: () => drain.turnsAway,
    fleet,
    instances: () => presence?.others() ?? [],
    countTurnedAway: turnedAway.add,
    ...(spansMachines
      ? {
          elsewhere: {
            remembered: live.persist,
            ownerOf: store.fleet.ownerOf,
            isClosing: () => drain.handsOn,
          },
        }
      : {}),
  })

  // HTTP.
  const customers = customerDatabase(store)
  const customerList = openCustomerList(customers)
  const failedSignIns = createFailedSignIns({ audit: store.audit, clock: systemClock, log })
  const deps: GatewayDeps = {
    access,
    testCalls,
    openTrial: (order) => openTrial({ env, log, demoData, configure, numbers }, order),
    modelName: env.OPENAI_MODEL,
    failedSignIns,
    surroundings: {
      runs: development ? 'dev' : 'start',
      isModelSimulated: development?.isModelSimulated ?? false,
      isCarrierSimulated: env.TWILIO_IS_SIMULATED,
    },
    log,
    registry,
    lines,
    numbers,
    assignments: store.numbers,
    calls,
    events: store.events,
    settings,
    drafts: createDrafts(settings, store.settings, systemClock),
    versions: store.settings,
    profiles: store.profiles,
    statistics: createStatistics(store.figures, Date.now),
    outbound,
    dialer,
    ledger,
    doNotCall: store.doNotCall,
    contacts: store.contacts,
    notes: store.callNotes,
    messageList: store.messageList,
    // Without a delivery messages go nowhere.
    deliverAgain: async (message) => (delivery ? delivery.again(message) : []),
    openRecording,
    recordings,
    customerList,
    customerDesk: openCustomerDesk(customers),
    customerTransfer: {
      // Loaded late: few ever import.
      import: async (...wishes) => (await import('@llc-phone/mode-csr/transfer')).importCustomers(customers, ...wishes),
      async *export() {
        yield* (await import('@llc-phone/mode-csr/transfer')).exportCustomers(customers)
      },
    },
    callers: createCallerForgetter({
      eraser: store.callers,
      registry,
      calls,
      recordings,
      feed,
      forgetCustomers: (number, callIds) => forgetCustomers(customers, number, callIds),
      countCustomers: async (number) => (await customerList.customers(number, 100)).length,
    }),
    turnedAway: store.turnedAway,
    audit: store.audit,
    doctor: createDoctor(env, { settings, numbers, outbound }, systemClock),
    people: store.people,
    keeping: {
      keeps: {
        transcriptDays: env.KEEP_TRANSCRIPTS_DAYS,
        eventDays: env.KEEP_EVENTS_DAYS,
        toolData: env.KEEP_TOOL_DATA,
      },
      engine: store.engine,
      newestBackup: () => newestBackup(env.DATABASE_URL),
      deletedAt: () => store.retention.lastRun(RETENTION_JOB),
    },
    phrases,
    greetings,
    metrics,
    traces,
    feed,
    storage: store,
    model: provider,
    checkAnswers: options.checkAnswers ?? false,
    isDraining: () => drain.begun || fleet.isResting,
    fleet,
  }
  const { port, adminPort, close: closeApps } = await openApps(deps, env)
  testCalls.listensAt(port)
  const report = (): void => {
    metrics.expect(expectedModes(numbers, outbound))
    reportPromptSizes(numbers, log, metrics)
    reportLost(numbers, log)
  }
  report()
  log.info({ calls: capacity.calls, because: capacity.why }, 'call limit')

  // What goes on in the background.
  const retention = createRetention({
    retention: store.retention,
    events: store.events,
    recordings,
    days: {
      transcripts: env.KEEP_TRANSCRIPTS_DAYS,
      events: env.KEEP_EVENTS_DAYS,
      recordings: env.KEEP_RECORDINGS_DAYS,
    },
    timeZone: () => settings.inForce.built.document.business.timeZone,
    clock: systemClock,
    log,
    metrics,
  })
  calls.start()
  live.start()
  if (spansMachines) rescue.start()
  delivery?.start()
  completions.start()
  retention.start()
  recordings?.mend().catch((error: unknown) => log.warn(describeCause(error), 'recordings not completed'))
  // Calls of an earlier process are looked up at the carrier; new callers must not wait for that.
  storage
    .nowOrLater(() => dialer.start())
    .catch((error: unknown) => log.error(describeCause(error), 'outbound calls not recovered'))
  const loadWatch = watchLoad(systemClock, (sample) => {
    loopP99Ms = sample.delayMs
    registry.room.sample(sample)
  })
  serves = true
  presence?.serve(() => ({
    state: fleet.state,
    active: registry.active().length,
    rated: capacity.calls,
    loopP99Ms,
  }))
  log.info(
    { host: env.HOST, port, adminPort, publicUrl: env.PUBLIC_URL, instance: env.INSTANCE_ID, model: env.OPENAI_MODEL },
    'gateway listens',
  )
  const recordPhrases = (): void => {
    if (env.RECORD_PHRASES) void phrases.recordMissing()
  }
  recordPhrases()
  if (settings.isExample && !demoData)
    log.warn(
      { business: settings.inForce.built.document.business.name },
      'no business is set: the example answers. ./phone settings new TEMPLATE begins yours',
    )
  settings.onChange(() => {
    report()
    reportUntaken()
    recordPhrases()
  })

  const ending = createStop({
    log,
    metrics,
    drain,
    rest() {
      pool.stop()
      return Promise.all([dialer.stop(), phrases.stop(), testCalls.stop()])
    },
    async close() {
      isClosing = true
      loadWatch.stop()
      await rescue.stop()
      await retention.stop()
      await closeApps()
      provider.stop()
      await live.stop()
      await recorder?.stop()
      await calls.flush()
      await turnedAway.write()
      await failedSignIns.flush()
      await ledger.flush()
      await greetings.stop()
      await Promise.all([delivery?.stop(), completions.stop(), traces?.stop()])
      await presence?.end()
      await store.close()
    },
  })
  const liveCalls = () => registry.active().map(({ facts: { callId, legId } }) => ({ callId, legId }))
  return {
    port,
    reloadSettings: () => reloadLogged(settings, log),
    ...(adminPort === undefined ? {} : { adminPort }),
    numbers,
    liveCalls,
    ...ending,
  }
}
