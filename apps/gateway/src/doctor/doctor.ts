import { connect } from 'node:net'
import { isLoopback } from '@llc-phone/core'
import { examineAccount, restUrlOf, twilioAccount } from '@llc-phone/line-twilio'
import type { Configured } from '../configuration/configured.ts'
import type { Env } from '../configuration/env.ts'
import { agentFor, describeProxy, fetchesByProxy, proxyFetch } from '../configuration/proxy.ts'
import { meantPort } from '../processes/run-record.ts'
import { messageOf, runChecks, type Check } from './checks.ts'
import { examineDisk, examineStore } from './doctor-database.ts'
import { examineFleet } from './doctor-fleet.ts'
import { examineLog } from './doctor-log.ts'
import { examineModel } from './doctor-model.ts'
import { examineNumbers } from './doctor-numbers.ts'
import { examineOperators } from './doctor-operators.ts'
import { examineCertificate, examineClock, examinePublicUrl, examineStatusPage } from './doctor-outside.ts'
import { examineGateway, examinePort } from './doctor-process.ts'
import { describeDestinations, describePeople, describeSettings } from './doctor-settings.ts'
import { failed, ok, warning, type Finding } from './finding.ts'

/** The oldest version of Node that runs this project's TypeScript without a flag. */
const NODE_FLOOR = [22, 18] as const
const LISTEN_LIMIT_MS = 1_000
/** Of a check that asks somebody once, which has a shorter limit of its own. */
const ASK_LIMIT_MS = 15_000
/** A session for each way of setting one up, one after the other. */
const MODEL_LIMIT_MS = 60_000
/** Reads the whole database: several gigabytes. */
const DATABASE_LIMIT_MS = 60_000
/** Asks every gateway a few times. */
const FLEET_LIMIT_MS = 30_000

/** What is looked at. */
export interface Examined {
  readonly env: Env
  /** Reads the configuration; rejects when it has mistakes. */
  configured(): Promise<Configured>
  /**
   * `true`: the gateway looks at itself, for an operator who asks it. Then nobody looks who holds the port, which takes long
   * in a process with many sockets, and is of no use: this process answers.
   */
  readonly isInside?: boolean
  /** Looks at the gateways that share the database, too, and at the proxy in front of them. */
  readonly isFleet?: boolean
}

/** Looks whether this is a Node that runs us. */
export const examineRuntime = (version: string): Finding => {
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
  const enough = major > NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor >= NODE_FLOOR[1])
  return enough
    ? ok('runtime', `Node ${version}`)
    : failed('runtime', `Node ${version}`, `Install Node ${NODE_FLOOR.join('.')} or later.`)
}

/** Whether somebody listens at an address. */
const isListening = async (address: string): Promise<boolean> => {
  const { hostname, port } = new URL(address)
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host: hostname.replaceAll(/^\[|\]$/g, ''), port: Number(port), timeout: LISTEN_LIMIT_MS })
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
  socket.once('timeout', () => resolve(false))
  return promise.finally(() => socket.destroy())
}

/** A check of a server that `./phone dev` plays: while it does not run, there is nothing to ask, and nothing is wrong. */
const ofServer = (check: Check, address: string, isPlayed: boolean): Check => {
  if (!isPlayed) return check
  const { name } = check
  const run = async (): Promise<readonly Finding[]> => {
    if (!(await isListening(address))) return [ok(name, 'simulated by ./phone dev, which does not run: not asked')]
    return (await check.run()).map((finding) =>
      finding.name === name && finding.outcome === 'ok' ? ok(name, `${finding.detail}, simulated`) : finding,
    )
  }
  return { ...check, run }
}

/** What can be looked at without an environment. */
export const processChecks = (port: number): Check[] => [
  { name: 'runtime', limitMs: ASK_LIMIT_MS, run: () => [examineRuntime(process.version)] },
  { name: 'gateway', limitMs: ASK_LIMIT_MS, run: () => examineGateway(port) },
  { name: 'port', limitMs: ASK_LIMIT_MS, run: () => examinePort(port) },
  { name: 'log', limitMs: ASK_LIMIT_MS, run: () => examineLog(new Date()) },
]

/** Every check of the list, in the order in which a call needs what they look at. */
export const checksOf = ({ env, configured, isInside = false, isFleet = false }: Examined): Check[] => {
  const reading = configured()
  // Whoever needs it says so; the others do without.
  const known = reading.catch(() => undefined)
  const isTrying = env.TWILIO_IS_SIMULATED
  const model = env.OPENAI_REALTIME_URL
  const rest = restUrlOf(env)
  const account = twilioAccount(env, agentFor(rest, env))
  const check = (name: string, run: Check['run'], limitMs = ASK_LIMIT_MS): Check => ({ name, limitMs, run })
  const atModel = (each: Check): Check => ofServer(each, model, isTrying && isLoopback(model))
  const atTwilio = (each: Check): Check => ofServer(each, rest, isTrying)

  const settings = async (): Promise<Finding[]> => {
    try {
      const read = await reading
      return [
        ...describeSettings(read.settings, isTrying),
        describePeople(read.people),
        describeDestinations(read.destinations),
      ]
    } catch (error) {
      return [
        failed('settings', messageOf(error), 'Correct what is named; ./phone settings check tells when it is right.'),
      ]
    }
  }
  const proxy = (): Finding[] => {
    const ways = describeProxy(env, fetchesByProxy())
    if (!ways) return []
    return [
      ways.isWhole
        ? ok('proxy', ways.text)
        : warning('proxy', ways.text, 'Run a newer Node: this one sends some requests past the proxy.'),
    ]
  }
  const numbers = async (): Promise<Finding[]> => {
    const listed = (await known)?.numbers ?? []
    try {
      return await examineNumbers(env, [...new Set([...listed, env.TWILIO_PHONE_NUMBER])])
    } catch (error) {
      return [
        failed('webhook', messageOf(error), 'Put right what the line twilio says, then run ./phone doctor again.'),
      ]
    }
  }

  const own = processChecks(env.PORT || meantPort()).filter(({ name }) => !isInside || name !== 'port')
  return [
    ...own,
    check('settings', settings),
    check('proxy', proxy),
    check('database', () => examineStore(env), DATABASE_LIMIT_MS),
    check('disk', () => examineDisk(env.DATABASE_URL)),
    atModel(check('model', async () => examineModel(env, (await known)?.kinds ?? []), MODEL_LIMIT_MS)),
    check('openai', () => examineStatusPage(env)),
    atTwilio(check('twilio', async () => [await examineAccount(account)])),
    atTwilio(check('webhook', numbers)),
    check('public url', () => examinePublicUrl(env)),
    check('certificate', () => examineCertificate(env.PUBLIC_URL, new Date())),
    check('operators', () => examineOperators(env)),
    check('clock', () => examineClock(env)),
    ...(isFleet ? [check('fleet', () => examineFleet(env), FLEET_LIMIT_MS)] : []),
  ]
}

/** Checks everything that a call needs, from a process beside the gateway. No finding contains a secret. */
export async function* examine(examined: Examined): AsyncGenerator<Finding> {
  const leaveProxy = proxyFetch(examined.env)
  try {
    yield* runChecks(checksOf(examined))
  } finally {
    leaveProxy?.()
  }
}
