import { defaultLanguage, phraseKeys, realtimeProvider, type ModelEvent, type RecordedPhrase } from '@llc-phone/core'
import { createPhraseBook } from '@llc-phone/phrases'
import { examineDatabase, exposureOf, openStore } from '@llc-phone/store'
import twilio from 'twilio'
import type { Env } from './env.ts'
import { modelWarning } from './models.ts'
import { createRestClient } from './twilio/rest-client.ts'

/** What one look has shown. */
export interface Finding {
  readonly name: string
  readonly outcome: 'ok' | 'warning' | 'failed'
  readonly detail: string
}

/** The oldest Node that runs TypeScript as this project writes it, without a flag. */
const NODE_FLOOR = [22, 18] as const
/** A model server that is slower than this is too slow for a caller anyway. */
const MODEL_DEADLINE_MS = 10_000
const HTTP_DEADLINE_MS = 5_000

/** Tools are a part of every call's settings. */
const TEST_TOOL = {
  name: 'connection_test',
  description: 'Does nothing.',
  parameters: { type: 'object', properties: {}, required: [], additionalProperties: false },
} as const

const ok = (name: string, detail: string): Finding => ({ name, outcome: 'ok', detail })
const warning = (name: string, detail: string): Finding => ({ name, outcome: 'warning', detail })
const failed = (name: string, detail: string): Finding => ({ name, outcome: 'failed', detail })
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
    // A new one, made here, would hide from a running gateway's operator that the old one is gone.
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

/** Which voices speak for the model when it does not; recordings of words that we say no more do not count. */
const phrases = (recordings: readonly RecordedPhrase[], defaultVoice: string): Finding => {
  const book = createPhraseBook(recordings)
  const isComplete = (voice: string, language: string) => phraseKeys.every((key) => book.recorded(key, voice, language))
  const complete = recordings.filter(({ voice, language }) => isComplete(voice, language))
  const names = [...new Set(complete.map(({ voice, language }) => `${voice} (${language})`))]
  const recorded = names.length > 0 ? `recorded by ${names.join(', ')}` : 'not recorded'
  return isComplete(defaultVoice, defaultLanguage)
    ? ok('phrases', recorded)
    : warning('phrases', `${recorded}; ${defaultVoice} borrows the shipped voice until pnpm phrases record`)
}

/** Opens a session with the settings of a call and closes it before anything is said. */
const model = async (env: Env): Promise<Finding[]> => {
  const startedAt = performance.now()
  let dialect = env.OPENAI_REALTIME_DIALECT === 'flat' ? 'flat' : 'ga'
  const leftOut: string[] = []
  const provider = realtimeProvider({
    url: env.OPENAI_REALTIME_URL,
    apiKey: env.OPENAI_API_KEY,
    model: env.OPENAI_MODEL,
    dialect: env.OPENAI_REALTIME_DIALECT,
    onDialect: (name) => void (dialect = name),
    onLeftOut: (field) => void leftOut.push(field),
  })
  const config = {
    instructions: 'This is a connection test.',
    voice: env.OPENAI_VOICE,
    tools: [TEST_TOOL],
    turnDetection: { kind: 'semantic', eagerness: 'high', autoReply: true } as const,
    transcribe: true,
    cacheKey: 'connection-test',
  }
  const { promise, resolve } = Promise.withResolvers<ModelEvent | undefined>()
  const connection = provider.connect(config, {
    audio() {},
    event: (event) => (event.type === 'configured' || event.type === 'lost') && resolve(event),
  })
  setTimeout(() => resolve(undefined), MODEL_DEADLINE_MS)
  const event = await promise
  connection.close()
  const tookMs = Math.round(performance.now() - startedAt)
  const late = modelWarning(env.OPENAI_MODEL, new Date())
  const remarks = [
    ...(late ? [warning('model', late)] : []),
    ...leftOut.map((field) => warning('model', `The server refuses ${field}: calls go without it.`)),
  ]
  if (event?.type === 'configured')
    return [ok('model', `${env.OPENAI_MODEL} was ready for a call after ${tookMs} ms (dialect ${dialect})`), ...remarks]
  return [
    failed('model', event?.type === 'lost' ? event.error.message : `No session within ${MODEL_DEADLINE_MS / 1_000} s.`),
    ...remarks,
  ]
}

const account = async (env: Env): Promise<Finding> => {
  try {
    await createRestClient({
      accountSid: env.TWILIO_ACCOUNT_SID,
      authToken: env.TWILIO_AUTH_TOKEN[0]!,
      apiUrl: env.TWILIO_API_URL,
      edge: env.TWILIO_EDGE,
      region: env.TWILIO_REGION,
    }).calls.list({ limit: 1 })
    return ok('twilio', 'the account answers REST requests')
  } catch (error) {
    const { status } = error as { status?: number }
    return failed(
      'twilio',
      status === 401 ? 'The account SID or the auth token is wrong (HTTP 401).' : messageOf(error),
    )
  }
}

const status = async (url: string, init?: RequestInit): Promise<number> =>
  (await fetch(url, { ...init, signal: AbortSignal.timeout(HTTP_DEADLINE_MS) })).status

/** Goes the way Twilio goes: over the public URL, with a signature over exactly that URL. */
const publicUrl = async (env: Env): Promise<Finding[]> => {
  const name = 'public url'
  try {
    const health = await status(`${env.PUBLIC_URL}/healthz`)
    if (health !== 200) return [failed(name, `${env.PUBLIC_URL}/healthz answers ${health}; a gateway answers 200.`)]
  } catch (error) {
    return [failed(name, `${env.PUBLIC_URL} cannot be reached: ${messageOf(error)}. Is the gateway running?`)]
  }
  const url = `${env.PUBLIC_URL}/twilio/status`
  const form = { CallSid: `CA${'0'.repeat(32)}`, CallStatus: 'completed' }
  const body = new URLSearchParams(form)
  const signature = twilio.getExpectedTwilioSignature(env.TWILIO_AUTH_TOKEN[0]!, url, form)
  const signed = await status(url, { method: 'POST', body, headers: { 'x-twilio-signature': signature } })
  const forged = await status(url, { method: 'POST', body, headers: { 'x-twilio-signature': 'forged' } })
  if (signed >= 400)
    return [
      failed(
        'signature',
        `A signed request to ${url} is answered ${signed}: does PUBLIC_URL differ from what the gateway runs with?`,
      ),
    ]
  if (forged !== 403) return [failed('signature', `A forged request to ${url} is answered ${forged} instead of 403.`)]
  return [
    ok(name, 'reaches the gateway'),
    ok('signature', 'accepted when right, refused when forged'),
    ...(await storage(env)),
  ]
}

/** The database that the running gateway has open may be another one than that at its path. */
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

/** Looks at everything a call needs, in the order in which a call needs it. Secrets are in no finding. */
export async function* examine(env: Env): AsyncGenerator<Finding> {
  yield runtime(process.version)
  yield ok('settings', 'complete')
  yield* await database(env)
  yield* await model(env)
  yield await account(env)
  yield* await publicUrl(env)
}
