/** Authentication of clients, and refusals: as recorded from the real server, and as compatible servers do it. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Faults } from './faults.ts'
import { type DialectName, newId } from './protocol.ts'
import { Refusal } from './refusal.ts'

/** Where sessions are served. */
export const PATH = '/v1/realtime'

const KEY_PROTOCOL = 'openai-insecure-api-key.'
const BETA_PROTOCOL = 'openai-beta.realtime-v1'
/** The real server's close codes: for a wrong key, and for a wrong request. */
const KEY_REFUSED = 3000
const REQUEST_REFUSED = 4000

/** Refused with a status instead of 101, or behind an open socket with an error and a close code. */
export type HandshakeRefusal =
  | { readonly status: number; readonly refusal: Refusal }
  | { readonly closeCode: number; readonly refusal: Refusal }

/** A handshake as far as it decides whether there will be a session. */
export interface Handshake {
  readonly request: IncomingMessage
  readonly url: URL
  readonly model: string
}

/** Models and keys that are accepted. */
export interface Admission {
  readonly dialect: DialectName
  readonly apiKey: string | undefined
  readonly models: readonly string[] | 'any'
}

const protocolsOf = (request: IncomingMessage): string[] =>
  (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())

/** The key, from the header or, of clients in a browser, from a subprotocol. */
export const keyOf = (request: IncomingMessage): string | undefined =>
  /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ??
  protocolsOf(request)
    .find((name) => name.startsWith(KEY_PROTOCOL))
    ?.slice(KEY_PROTOCOL.length)

/** The headers of a handshake without its key; a client that cannot set headers requests the old shape by a subprotocol. */
export const headersOf = (request: IncomingMessage): IncomingMessage['headers'] => {
  const { authorization: _, 'sec-websocket-protocol': __, ...headers } = request.headers
  return protocolsOf(request).includes(BETA_PROTOCOL) ? { ...headers, 'openai-beta': 'realtime=v1' } : headers
}

/** The subprotocol that is spoken when a client offers some. */
export const chooseProtocol = (offered: ReadonlySet<string>): string | false => offered.has('realtime') && 'realtime'

/** Why there will be no session; undefined when there will be one. */
export function refusalOf(
  { request, url, model }: Handshake,
  { dialect, apiKey, models }: Admission,
  { handshakeStatus }: Faults,
): HandshakeRefusal | undefined {
  if (handshakeStatus) {
    const code = statusCodes[handshakeStatus] ?? null
    return { status: handshakeStatus, refusal: new Refusal(code, 'Refused on request.') }
  }
  if (url.pathname !== PATH) return { status: 404, refusal: new Refusal(null, `Invalid URL (GET ${url.pathname})`) }
  // Compatible servers, which speak the flat shape, check at the handshake itself.
  const isReal = dialect === 'ga'
  const key = keyOf(request)
  const refuse = (closeCode: number, status: number, refusal: Refusal): HandshakeRefusal =>
    isReal ? { closeCode, refusal } : { status, refusal }
  if (!key) return refuse(KEY_REFUSED, 401, new Refusal(null, 'Missing bearer or basic authentication in header'))
  if (apiKey !== undefined && key !== apiKey) {
    const message =
      'Incorrect API key provided: sk-***. You can find your API key at https://platform.openai.com/account/api-keys.'
    return refuse(KEY_REFUSED, 401, new Refusal('invalid_api_key', message))
  }
  if (isReal && headersOf(request)['openai-beta'] === 'realtime=v1') {
    const message = 'The Realtime Beta API is no longer supported. Please use /v1/realtime for the GA API.'
    return { closeCode: REQUEST_REFUSED, refusal: new Refusal('beta_api_shape_disabled', message) }
  }
  const other = otherUseOf(url)
  if (other) {
    const refusal = new Refusal('not_simulated', `${other} are not simulated here.`)
    return { closeCode: REQUEST_REFUSED, refusal }
  }
  if (!model) {
    const example = 'wss://api.openai.com/v1/realtime?model=gpt-realtime-1.5'
    const message = `You must provide a model parameter, for example ${example}`
    return refuse(REQUEST_REFUSED, 400, new Refusal('missing_model', message))
  }
  if (models !== 'any' && !models.includes(model)) {
    const message = `Model "${model}" is not supported in realtime mode. Supported models are listed at https://platform.openai.com/docs/models.`
    return refuse(REQUEST_REFUSED, 400, new Refusal('invalid_model', message))
  }
  return undefined
}

/** The purpose of an address that no telephone bridge uses. */
function otherUseOf(url: URL): string | undefined {
  const intent = url.searchParams.get('intent')
  if (intent && intent !== 'conversation') return `Sessions with the intent '${intent}'`
  return url.searchParams.has('call_id') ? 'Sockets beside a call that another one carries (call_id)' : undefined
}

const statusCodes: Record<number, string> = {
  401: 'invalid_api_key',
  429: 'rate_limit_exceeded',
  500: 'server_error',
  503: 'server_error',
}

const errorOf = (refusal: Refusal): object => {
  const { event_id: _, ...error } = refusal.toError(null)
  return error
}

/** Answers the handshake with a status. */
export function refuseUpgrade(socket: Duplex, status: number, refusal: Refusal): void {
  const body = JSON.stringify({ error: errorOf(refusal) })
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** Sends the reason over the open socket and closes it, without a session. */
export function refuseSession(client: WebSocket, closeCode: number, refusal: Refusal): void {
  client.send(JSON.stringify({ type: 'error', event_id: newId('event'), error: errorOf(refusal) }))
  client.close(closeCode, [refusal.kind, refusal.code].filter((word) => word !== null).join('.'))
}
