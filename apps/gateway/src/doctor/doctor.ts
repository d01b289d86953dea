import { defaultLanguage, phraseKeys, type RecordedPhrase } from '@llc-phone/core'
import { examineAccount, examineSignature, restUrlOf, twilioAccount } from '@llc-phone/line-twilio'
import { createPhraseBook } from '@llc-phone/phrases'
import { examineDatabase, exposureOf, openStore } from '@llc-phone/store'
import type { configureGateway } from '../../gateway.config.ts'
import { readConfiguration, type Configured } from '../configuration/configured.ts'
import { examineOperators } from './doctor-operators.ts'
import { examineModel } from './doctor-model.ts'
import type { Env } from '../configuration/env.ts'
import { failed, ok, warning, type Finding } from './finding.ts'
import { agentFor, describeProxy, proxyFetch } from '../configuration/proxy.ts'
import type { KindOfCall } from '../configuration/wishes.ts'

/** The oldest version of Node that runs this project's TypeScript without a flag. */
const NODE_FLOOR = [22, 18] as const
const HTTP_DEADLINE_MS = 5_000

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const runtime = (version: string): Finding => {
  const [major = 0, minor = 0] = version.slice(1).split('.').map(Number)
  const enough = major > NODE_FLOOR[0] || (major === NODE_FLOOR[0] && minor >= NODE_FLOOR[1])
  return enough
    ? ok('runtime', `Node ${version}`)
    : failed('runtime', `Node ${version}: ${NODE_FLOOR.join('.')} is the oldest that works.`)
}

const database = async ({ DATABASE_URL: url, OPENAI_VOICE: voice }: Env): Promise<Finding[]> => {
  const name = 'database'
  try {
    // Do not create one: that would hide from the operator of a running gateway that its database is gone.
    if (!(await examineDatabase(url)))
      return [
        warning(
          name,
          'There is none yet; the gateway makes one at its start. If there was one, restore a backup before that.',
        ),
        phrases([], voice),
      ]
    const exposure = exposureOf(url)
    const opened = ok(name, 'opens, is whole, and its migrations are in place')
    const store = await openStore({ url })
    const recordings = await store.phrases.list()
    await store.close()
    return [opened, ...(exposure ? [warning(name, exposure)] : []), phrases(recordings, voice)]
  } catch (error) {
    return [failed(name, messageOf(error))]
  }
}

/** Which voices have recorded phrases; recordings of outdated words do not count. */
const phrases = (recordings: readonly RecordedPhrase[], defaultVoice: string): Finding => {
  const book = createPhraseBook(recordings)
  const isComplete = (voice: string, language: string) => phraseKeys.every((key) => book.recorded(key, voice, language))
  const complete = recordings.filter(({ voice, language }) => isComplete(voice, language))
  const names = [...new Set(complete.map(({ voice, language }) => `${voice} (${language})`))]
  const recorded = names.length > 0 ? `recorded by ${names.join(', ')}` : 'not recorded'
  return isComplete(defaultVoice, defaultLanguage)
    ? ok('phrases', recorded)
    : warning('phrases', `${recorded}; ${defaultVoice} borrows the shipped voice until ./phone phrases record`)
}

/** A summary of gateway.config.ts, or its mistakes. */
const configuration = async (env: Env, configure?: typeof configureGateway): Promise<Configured | Finding> => {
  try {
    return await readConfiguration(env, configure)
  } catch (error) {
    return failed('people', messageOf(error))
  }
}

/** The people that callers can be connected with. */
const people = (all: readonly string[]): Finding =>
  ok('people', all.length > 0 ? all.join('; ') : 'nobody: callers can leave a message')

/** Reaches the gateway as carriers do: over the public URL. */
const publicUrl = async (env: Env): Promise<Finding[]> => {
  const name = 'public url'
  try {
    const { status } = await fetch(`${env.PUBLIC_URL}/healthz`, { signal: AbortSignal.timeout(HTTP_DEADLINE_MS) })
    if (status !== 200) return [failed(name, `${env.PUBLIC_URL}/healthz answers ${status}; a gateway answers 200.`)]
  } catch (error) {
    return [failed(name, `${env.PUBLIC_URL} cannot be reached: ${messageOf(error)}. Is the gateway running?`)]
  }
  const signature = await examineSignature(env.PUBLIC_URL, env.TWILIO_AUTH_TOKEN[0]!)
  return signature.outcome === 'ok'
    ? [ok(name, 'reaches the gateway'), signature, ...(await storage(env))]
    : [signature]
}

/** Asks the running gateway: it may have another database open than the one at its path now. */
const storage = async (env: Env): Promise<Finding[]> => {
  const response = await fetch(`${env.PUBLIC_URL}/readyz`, { signal: AbortSignal.timeout(HTTP_DEADLINE_MS) })
  const { storage: word } = (await response.json().catch(() => ({}))) as { storage?: unknown }
  return word === 'unavailable'
    ? [
        failed(
          'storage',
          'The running gateway answers calls and stores nothing; its log says why (storage unavailable).',
        ),
      ]
    : []
}

/** Checks everything that a call needs, in the order in which a call needs it. No finding contains a secret. */
export async function* examine(env: Env, configure?: typeof configureGateway): AsyncGenerator<Finding> {
  yield runtime(process.version)
  yield ok('settings', 'complete')
  const configured = await configuration(env, configure)
  yield 'people' in configured ? people(configured.people) : configured
  const leaveProxy = proxyFetch(env)
  const ways = describeProxy(env, leaveProxy !== undefined)
  if (ways) yield (ways.isWhole ? ok : warning)('proxy', ways.text)
  try {
    yield* examineBehindProxy(env, 'kinds' in configured ? configured.kinds : [])
  } finally {
    leaveProxy?.()
  }
}

async function* examineBehindProxy(env: Env, kinds: readonly KindOfCall[]): AsyncGenerator<Finding> {
  yield* await database(env)
  yield* await examineModel(env, kinds)
  yield await examineAccount(twilioAccount(env, agentFor(restUrlOf(env), env)))
  yield* await publicUrl(env)
  yield* await examineOperators(env)
}
