import { e164, systemClock, type CallRegistry, type E164 } from '@llc-phone/core'
import { createTwilioLine } from '@llc-phone/line-twilio'
import type { AuditBook, PeopleBook, SessionBook } from '@llc-phone/store'
import type { FastifyInstance, FastifySchema } from 'fastify'
import twilioSignatures from 'twilio/lib/webhooks/webhooks.js'
import { buildApp } from '../../src/app.ts'
import { createCallFeed } from '../../src/watching/call-feed.ts'
import { createCallLog, type CallLog } from '../../src/watching/call-log.ts'
import type { GatewayDeps } from '../../src/deps.ts'
import type { Fleet } from '../../src/fleet/fleet.ts'
import { createLog } from '../../src/watching/log.ts'
import { createMetrics } from '../../src/watching/metrics.ts'
import type { Settings } from '../../src/configuration/settings.ts'
import { inForceOf, numbersOf, outboundOf } from './ready-modes.ts'
import type { Role } from '../../src/routes/roles.ts'
import { createAccess, type AccessDeps } from '../../src/routes/access.ts'
import { createLineHost, type InboundDeps } from '../../src/inbound.ts'
import { quietMode } from './fake-calls.ts'

export const PUBLIC_URL = 'https://phone.example.com'
export const AUTH_TOKEN = '0123456789abcdef0123456789abcdef'
export const ADMIN_TOKEN = 'an-admin-token-that-is-long-enough'
export const IVR_DID: E164 = e164('+14155550101')
export const RECEPTIONIST_DID: E164 = e164('+14155550102')
export const CALLER: E164 = e164('+14155550199')
export const SUPPORT: E164 = e164('+14155550112')

/** No process has died. */
const noLiveCalls = {
  write: async () => [],
  abandoned: async () => undefined,
  adopt: async () => false,
  left: async () => ({ steps: [] }),
  strays: async () => [],
  release: async () => {},
  closeStray: async () => false,
  epochOf: () => 1,
  mediaOpened: async () => undefined,
}

/** Keeps nothing: calls are told from memory. */
export const silentCallLog: CallLog = createCallLog({
  journal: {
    begin: async () => undefined,
    finish: async () => undefined,
    find: async () => undefined,
    legReported: async () => false,
    recent: async () => [],
    tend: async () => 0,
    ...noLiveCalls,
  },
  model: 'gpt-realtime-2.1',
  log: createLog({ level: 'silent', secrets: [] }),
})

/** Who may use the operator routes, as a store knows them; and ADMIN_TOKEN. */
export const accessOf = (
  { people, sessions, audit }: Pick<AccessDeps, 'people' | 'sessions' | 'audit'>,
  overrides: Partial<AccessDeps> = {},
) =>
  createAccess({
    adminToken: ADMIN_TOKEN,
    people,
    sessions,
    audit,
    clock: systemClock,
    log: createLog({ level: 'silent', secrets: [] }),
    publicUrl: PUBLIC_URL,
    ...overrides,
  })

/** Nobody but ADMIN_TOKEN. */
const noPeople: PeopleBook = {
  list: async () => [],
  find: async () => undefined,
  add: async () => undefined,
  setRole: async () => undefined,
  remove: async () => undefined,
  issueKey: async () => {
    throw new Error('no key is issued in this test')
  },
  keys: async () => [],
  revokeKey: async () => undefined,
  keysInForce: async () => [],
  used: async () => undefined,
}

/** Nothing is kept. */
export const noSessions: SessionBook = {
  add: async () => undefined,
  list: async () => [],
  used: async () => undefined,
  remove: async () => undefined,
}

/** Nothing is written down. */
export const noAudit: AuditBook = { add: async () => undefined, list: async () => [] }

/** A CallSid that ends in `n`. */
export const callSidOf = (n: number): string => `CA${n.toString(16).padStart(32, '0')}`

/** The only instance, ready. */
export const soloFleet: Fleet = {
  id: undefined,
  state: 'ready',
  passesOn: () => false,
  takesWork: () => true,
  takesCalls: true,
  hasRoom: () => true,
  claim: undefined,
  misrouted: () => undefined,
  locate: async () => undefined,
  list: async () => [],
  rest: () => undefined,
  resume: () => undefined,
  isResting: false,
}

/** A port that a test has no use for. */
const unused = (what: string): never =>
  new Proxy(
    {},
    {
      get: () => () => {
        throw new Error(`${what} takes no part in this test`)
      },
    },
  ) as never

/** What the app and its lines work with. */
type TestDeps = GatewayDeps & InboundDeps

/** A route of the app; `role` of operator routes. */
export interface RouteOfApp {
  readonly method: string
  readonly url: string
  readonly role?: Role | undefined
  readonly schema?: FastifySchema | undefined
}

/** An app over `registry`, with its log in memory. */
export interface TestGateway {
  readonly app: FastifyInstance
  readonly deps: TestDeps
  readonly logLines: Record<string, unknown>[]
  readonly logText: () => string
  /** Every route of the app, by method. */
  readonly routes: readonly RouteOfApp[]
  post(
    path: string,
    form: Record<string, string>,
    options?: { signature?: string | null; headers?: Record<string, string> },
  ): Promise<Answer>
}

export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

export const testGateway = async (
  registry: CallRegistry,
  overrides: Partial<Omit<TestDeps, 'lines'>> & {
    publicUrl?: string
    authTokens?: string[]
    sharedKeys?: ReadonlyMap<string, string>
  } = {},
): Promise<TestGateway> => {
  const { publicUrl = PUBLIC_URL, authTokens = [AUTH_TOKEN], sharedKeys, ...replaced } = overrides
  const lines: string[] = []
  const log = createLog({
    level: 'debug',
    secrets: [AUTH_TOKEN, ADMIN_TOKEN],
    stream: { write: (line) => void lines.push(line) },
  })
  const frontDesk = quietMode('receptionist')
  const inbound: Omit<TestDeps, 'lines'> = {
    access: accessOf({ people: noPeople, sessions: noSessions, audit: noAudit }, { log, publicUrl }),
    failedSignIns: { failed: () => undefined },
    surroundings: { runs: 'start', isModelSimulated: false, isCarrierSimulated: false },
    people: noPeople,
    log,
    registry,
    admission: { refuse: () => undefined },
    assignments: { set: async () => undefined, remove: async () => true, history: async () => [] },
    calls: silentCallLog,
    events: { find: async () => undefined },
    adoption: { resume: async () => 'none', resumeMedia: async () => 'none' },
    messages: { take: async () => ({ id: 'message-1' }) },
    dialer: {
      dial: async () => {
        throw new Error('nobody is called in this test')
      },
      check: async () => undefined,
      cancel: async () => false,
      statusReported: () => undefined,
    },
    ledger: { find: async () => undefined, findByLegId: async () => undefined, recent: async () => [] },
    doNotCall: unused('the do-not-call list'),
    contacts: unused('the contact book'),
    notes: { of: async () => [] },
    messageList: unused('the list of messages'),
    deliverAgain: async () => [],
    openRecording: async () => undefined,
    customerList: unused('the customers'),
    customerDesk: unused('changing customers'),
    customerTransfer: unused('files of customers'),
    callers: unused('forgetting callers'),
    turnedAway: { recent: async () => [] },
    doctor: unused('the doctor'),
    keeping: {
      keeps: { transcriptDays: 365, eventDays: 30, toolData: 'redacted' },
      engine: 'sqlite',
      newestBackup: async () => undefined,
      deletedAt: async () => undefined,
    },
    audit: noAudit,
    checkAnswers: true,
    countTurnedAway: () => undefined,
    phrases: unused('the phrases'),
    greetings: unused('the greetings'),
    numbers: numbersOf({
      modes: { menu: quietMode('ivr'), frontDesk },
      numbers: [
        [IVR_DID, 'menu'],
        [RECEPTIONIST_DID, 'frontDesk'],
      ],
      unknown: 'frontDesk',
      fallback: { number: SUPPORT, label: 'the support desk' },
    }),
    outbound: outboundOf({}, 'nobody', e164('+14155550100')),
    // Enough for what every request may ask; what changes settings has a gateway of its own.
    settings: { inForce: inForceOf({ modes: {}, numbers: [], unknown: 'nobody' })(), isExample: false } as Settings,
    drafts: unused('the draft of the settings'),
    versions: unused('the versions of the settings'),
    profiles: unused('the tuning profiles'),
    statistics: unused('the statistics'),
    metrics: createMetrics({ registry: () => registry }),
    feed: createCallFeed(),
    testCalls: { takeUpgrade: () => false, cancel: () => false } as never,
    openTrial: () => unused('test calls'),
    modelName: 'gpt-realtime-2.1',
    isDraining: () => false,
    fleet: soloFleet,
    turnsAway: () => false,
    ...replaced,
  }
  const twilio = createTwilioLine({
    // Nobody listens there.
    account: { accountSid: `AC${'0'.repeat(32)}`, authToken: AUTH_TOKEN, apiUrl: 'http://127.0.0.1:1' },
    publicUrl,
    authTokens,
    sharedKeys,
    ownNumber: inbound.ownNumber,
    fleet: inbound.fleet.claim && { secrets: ['s'.repeat(32)], epochOf: () => 1 },
    clock: systemClock,
    calls: registry,
  })
  const deps: TestDeps = { ...inbound, lines: [twilio.serve(createLineHost(inbound))] }
  const routes: RouteOfApp[] = []
  const app = await buildApp(deps, {
    onRoute: ({ method, url, config, schema }) =>
      routes.push(...[method].flat().map((each) => ({ method: each, url, role: config?.role, schema }))),
  })
  return {
    app,
    deps,
    routes,
    get logLines() {
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    },
    logText: () => lines.join(''),
    async post(path, form, { signature = sign(`${publicUrl}${path}`, form), headers = {} } = {}) {
      const response = await app.inject({
        method: 'POST',
        url: path,
        headers: {
          'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
          ...(signature === null ? {} : { 'x-twilio-signature': signature }),
          ...headers,
        },
        payload: new URLSearchParams(form).toString(),
      })
      return { status: response.statusCode, type: String(response.headers['content-type']), body: response.body }
    },
  }
}

/** Twilio's signature, by Twilio's own function. */
export const sign = (
  url: string,
  parameters: Record<string, unknown> = {},
  secret = AUTH_TOKEN,
  algorithm = 'HMAC_SHA1',
): string => twilioSignatures.getExpectedTwilioSignature(secret, url, parameters, algorithm)

/** The form of an inbound call, as captured. */
export const ringing = (callSid: string, overrides: Record<string, string> = {}): Record<string, string> => ({
  AccountSid: `AC${'0'.repeat(32)}`,
  ApiVersion: '2010-04-01',
  CallSid: callSid,
  CallStatus: 'ringing',
  Called: IVR_DID,
  CalledCity: '',
  Caller: CALLER,
  Direction: 'inbound',
  From: CALLER,
  StirVerstat: 'TN-Validation-Passed-C',
  To: IVR_DID,
  ...overrides,
})

/** A token in the stream URL of an answer. */
export const tokenIn = (twiml: string): string => {
  const token = /\/media\/([^"]+)"/.exec(twiml)?.[1]
  if (token === undefined) throw new Error(`no media URL in ${twiml}`)
  return token
}
