/** Where the stand-in for Twilio goes, and whose certificates it takes. */
import { request as requestPlain, type RequestOptions } from 'node:http'
import { request as requestSecure } from 'node:https'
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls'

/** What is allowed beyond the usual: this machine, and certificates that Node trusts. */
export interface ReachOptions {
  /** Certificates or their authorities that are trusted too, in PEM. */
  ca?: string
  /** Takes whatever certificate a host on this machine shows, and no TLS where the same port has just spoken plain HTTP. */
  insecure?: boolean
  /** Hosts beside this machine that may be contacted. */
  allowHosts?: readonly string[]
}

/** An answer with its whole body. */
interface Answer {
  status: number
  body: Buffer
}

/** A request; the signal ends it with its reason. */
interface Asking {
  method: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: string
  signal: AbortSignal
}

/** Contacts what it may. */
export interface Reach {
  /** Asks an address and follows redirects; rejects with a `NotAllowed`, or with the connection's error. */
  ask(url: string, asking: Asking): Promise<Answer>
  /** How TLS is done with this host; throws a `NotAllowed`. */
  tlsFor(url: string): { rejectUnauthorized: boolean; secureContext?: SecureContext }
  /**
   * Where to connect for a socket that a document at `base` names. A gateway meant for a place behind a proxy writes `wss:` and
   * its own host, whose port speaks plain HTTP here: with `insecure` that is taken as if the proxy were there.
   */
  socketUrl(url: string, base: string | undefined): string
}

/** The address is neither on this machine nor a host that was allowed. */
export class NotAllowed extends Error {
  readonly code = 'NOT_ALLOWED'
}

const MOST_REDIRECTS = 10

/** Whether a host name or address (brackets or not) means this machine. The gateway has its own: the outside world shares no code. */
export const isLoopback = (hostname: string): boolean =>
  /^(127(\.\d{1,3}){3}|(.+\.)?localhost\.?|\[?::1\]?|\[?::ffff:7f[\da-f]{2}:[\da-f]{1,4}\]?|0\.0\.0\.0)$/i.test(
    hostname,
  )

/** Opens the way out. */
export function createReach({ ca, insecure = false, allowHosts = [] }: ReachOptions = {}): Reach {
  let context: SecureContext | undefined
  const tlsFor: Reach['tlsFor'] = (url) => {
    const { hostname } = new URL(url)
    const here = isLoopback(hostname)
    if (!here && !allowHosts.includes(hostname)) {
      throw new NotAllowed(`${hostname} is not this machine, and nothing else is contacted unless it is allowed`)
    }
    // Made once: reading every authority of the system takes some milliseconds.
    if (ca !== undefined) context ??= createSecureContext({ ca: [...getCACertificates('default'), ca] })
    return { rejectUnauthorized: !(here && insecure), ...(context && { secureContext: context }) }
  }

  const ask = async (url: string, asking: Asking, redirects = 0): Promise<Answer> => {
    const { status, body, location } = await send(url, asking, tlsFor(url))
    if (location === undefined || redirects >= MOST_REDIRECTS) return { status, body }
    const next = new URL(location, url).href
    const { body: _, ...rest } = asking
    const { 'content-type': __, ...headers } = asking.headers ?? {}
    const again = status === 307 || status === 308 ? asking : { ...rest, headers, method: 'GET' as const }
    return ask(next, again, redirects + 1)
  }
  const socketUrl: Reach['socketUrl'] = (url, base) => {
    if (!insecure || base === undefined || !isLoopback(new URL(url).hostname)) return url
    const isSamePort = new URL(base).protocol === 'http:' && new URL(base).host === new URL(url).host
    return isSamePort ? url.replace(/^wss:/i, 'ws:') : url
  }
  return { tlsFor, socketUrl, ask: (url, asking) => ask(url, asking) }
}

/** One request and its whole answer. */
function send(
  url: string,
  { method, headers = {}, body, signal }: Asking,
  tls: RequestOptions & { rejectUnauthorized: boolean },
): Promise<Answer & { location: string | undefined }> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer & { location: string | undefined }>()
  const fail = (error: unknown): void => reject(signal.aborted ? (signal.reason as Error) : (error as Error))
  const target = new URL(url)
  const request = target.protocol === 'https:' ? requestSecure : requestPlain
  const sent = request(target, { method, headers: { accept: '*/*', ...headers }, signal, agent: false, ...tls })
  sent.on('error', fail)
  sent.on('response', (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('error', fail)
    response.on('end', () => {
      const status = response.statusCode ?? 0
      const location = [301, 302, 303, 307, 308].includes(status) ? response.headers.location : undefined
      resolve({ status, body: Buffer.concat(chunks), location })
    })
  })
  sent.end(body)
  return promise
}
