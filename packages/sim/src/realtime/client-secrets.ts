/** Short-lived keys, each for one session: a server requests one for a client that it does not trust. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Dialect } from './dialects.ts'
import type { Json, SessionConfig } from './protocol.ts'
import { Refusal, refusalFor } from './refusal.ts'
import { mergeSession } from './session-config.ts'

/** The secrets of one server. */
export interface ClientSecrets {
  /** The session settings that a key was made with; undefined when it is none of these, or too old. */
  settingsOf(key: string | undefined): Json | undefined
  /** Answers an HTTP request: makes a secret, or refuses with a reason. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>
}

const PATH = '/v1/realtime/client_secrets'
const DEFAULT_SECONDS = 600
const LIMIT_SECONDS = { least: 10, most: 7200 }

/** Keeps the secrets; `isAllowed` decides who may make one. */
export function createClientSecrets(dialect: Dialect, isAllowed: (key: string | undefined) => boolean): ClientSecrets {
  const made = new Map<string, { settings: Json; expiresAt: number }>()

  function create(body: Json): Json {
    const { expires_after: after, session = {} } = body as { expires_after?: { seconds?: unknown }; session?: Json }
    const seconds = after?.seconds ?? DEFAULT_SECONDS
    if (typeof seconds !== 'number' || seconds < LIMIT_SECONDS.least || seconds > LIMIT_SECONDS.most) {
      throw new Refusal(
        'invalid_value',
        `Invalid 'expires_after.seconds': ${JSON.stringify(seconds)}.`,
        'expires_after.seconds',
      )
    }
    const effective = sessionOf(dialect, session, 'gpt-realtime-2.1', Math.floor(Date.now() / 1000) + 3600)
    const value = `ek_${crypto.randomUUID().replaceAll('-', '')}`
    const expiresAt = Math.floor(Date.now() / 1000) + seconds
    made.set(value, { settings: session, expiresAt })
    const shown = dialect.encode({ type: 'session.created', session: effective })
    return { value, expires_at: expiresAt, session: shown?.['session'] }
  }

  return {
    settingsOf(key) {
      const secret = key === undefined ? undefined : made.get(key)
      return secret && secret.expiresAt * 1000 > Date.now() ? secret.settings : undefined
    },
    async answer(request, response) {
      const send = (status: number, body: Json) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify(body))
      }
      const refuse = (status: number, refusal: Refusal) => {
        const { event_id: _, ...error } = refusal.toError(null)
        send(status, { error })
      }
      const { pathname } = new URL(request.url ?? '/', 'http://loopback')
      if (dialect.name !== 'ga' || pathname !== PATH || request.method !== 'POST') {
        return refuse(404, new Refusal(null, `Of ${pathname} only WebSockets are served here, and POST ${PATH}.`))
      }
      const key = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
      if (!isAllowed(key)) return refuse(401, new Refusal('invalid_api_key', 'Incorrect API key provided.'))
      try {
        send(200, create(await bodyOf(request)))
      } catch (error) {
        refuse(400, error instanceof Refusal ? error : new Refusal('invalid_json', 'The body is no JSON object.'))
      }
    },
  }
}

/** The session that settings of a client make of the defaults; throws the refusal they earn. */
export function sessionOf(dialect: Dialect, settings: Json, model: string, expiresAt: number, id = ''): SessionConfig {
  const event = { type: 'session.update', session: { type: 'realtime', ...settings } }
  const checked = dialect.schemas['session.update']!.safeParse(event)
  if (!checked.success) throw refusalFor(checked.error, event)
  const { model: ownModel = model, ...rest } = dialect.readSession(event.session)
  return mergeSession(dialect.defaults(id, ownModel, expiresAt), rest, false)
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const body: unknown = text === '' ? {} : JSON.parse(text)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new Error('no object')
  return body as Json
}
