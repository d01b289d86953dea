import type { IncomingHttpHeaders } from 'node:http'
import { isLoopback } from '@llc-phone/core'

/** What a request is judged by. */
export interface BrowserRequest {
  readonly method?: string | undefined
  readonly headers: IncomingHttpHeaders
}

/** Methods that change nothing. */
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Kinds of bodies that any page may have a browser send anywhere. */
const SENT_BY_ANYBODY = /^(?:application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i

/** What proxies and tunnels add. */
const FORWARDED = /^(?:forwarded|via|x-forwarded-.*|x-real-ip|x-original-.*|cf-.*|true-client-ip|ngrok-.*)$/

/** Proxies that stand one behind the other; each host named by one is read as a URL, and anybody can name thousands. */
const MOST_PROXIES = 4

/** Whether the browser has the gateway at an address of this machine. */
export const isAtLoopback = ({ host = '' }: IncomingHttpHeaders): boolean => isLoopback(`http://${host}`)

/** Whether a proxy or a tunnel stands between, as far as it says so. */
export const isForwarded = (headers: IncomingHttpHeaders): boolean =>
  Object.keys(headers).some((name) => FORWARDED.test(name))

/**
 * Whether a page of this origin is ours: it has the host that was asked, by what the request or a proxy says, or that of
 * PUBLIC_URL. No page can set any of these headers.
 */
export const isOurOrigin = (
  origin: string | undefined,
  { host, 'x-forwarded-host': forwarded }: IncomingHttpHeaders,
  publicUrl: string,
): boolean => {
  const named = URL.parse(origin ?? '')?.host
  if (!named) return false
  // As `URL` writes them: without the port that goes without saying.
  const hosts = [host, ...String(forwarded ?? '').split(',', MOST_PROXIES)].flatMap((text) =>
    ['http', 'https'].map((scheme) => URL.parse(`${scheme}://${text?.trim()}`)?.host),
  )
  return [...hosts, URL.parse(publicUrl)?.host].includes(named)
}

/**
 * Why a request that a cookie is to speak for may come from the page of somebody else; `undefined`: it is ours. Browsers of
 * the last years say so themselves; one that does not, names the page's origin with whatever changes something.
 */
export const foreignness = ({ method = 'GET', headers }: BrowserRequest, publicUrl: string): string | undefined => {
  const isRead = READS.has(method)
  const { 'sec-fetch-site': site, origin, 'content-type': type = '' } = headers
  if (site !== undefined && site !== 'same-origin' && !(isRead && site === 'none'))
    return 'This request comes from the page of another site.'
  if (isRead) return undefined
  if (site === undefined && !isOurOrigin(origin, headers, publicUrl))
    return 'This request does not come from the console: neither Sec-Fetch-Site nor Origin says so.'
  return SENT_BY_ANYBODY.test(type) ? 'Send the body as application/json.' : undefined
}
