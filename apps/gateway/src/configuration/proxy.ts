/** The proxy that HTTPS_PROXY and HTTP_PROXY name: for the model, for Twilio's REST API and for webhooks, never for this machine. */
import * as http from 'node:http'
import { BlockList, isIPv4, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'
import { isLoopback } from '@llc-phone/core'
import { restUrlOf } from '@llc-phone/line-twilio'
import { HttpsProxyAgent } from 'https-proxy-agent'
import type { Logger } from 'pino'
import type { Env } from './env.ts'

type ProxyEnv = Pick<Env, 'HTTPS_PROXY' | 'HTTP_PROXY' | 'NO_PROXY'>

/** Addresses of this machine, added to NO_PROXY for libraries that read it themselves. */
const LOOPBACK = 'localhost,127.0.0.1,[::1],::1'

const isSecure = ({ protocol }: URL): boolean => protocol === 'https:' || protocol === 'wss:'

const familyOf = (address: string): 'ipv4' | 'ipv6' | undefined =>
  isIPv4(address) ? 'ipv4' : isIPv6(address) ? 'ipv6' : undefined

/** Whether `host` is this address in any spelling, or in this network: `10.0.0.0/8`, `fd00::/8`. */
const isInNetwork = (host: string, address: string, bits: string | undefined): boolean => {
  const [hosts, network] = [familyOf(host), familyOf(address)]
  const most = network === 'ipv4' ? 32 : 128
  const prefix = Number(bits ?? most)
  if (!hosts || !network || prefix > most) return false
  const list = new BlockList()
  list.addSubnet(address, prefix, network)
  return list.check(host, hosts)
}

/** A host name in comparable form: lower case, without a trailing dot. */
const plainName = (name: string): string => {
  const plain = name.toLowerCase().replace(/\.$/, '')
  return domainToASCII(plain) || plain
}

/** An entry of NO_PROXY: host or network, and port; brackets and a scheme are dropped. */
const ENTRY = /^(?:[a-z][a-z\d+.-]*:\/\/)?(?:\[(.+?)\]|([^:/]*|[^/]*:[^/]*:[^/]*?))(?:\/(\d{1,3}))?(?::(\d+))?\/?$/i

/**
 * Whether an entry of NO_PROXY matches: a host with its subdomains, or a network, with an optional port. A leading dot or
 * asterisk is ignored.
 */
const isExempt = (url: URL, list: string): boolean => {
  const host = plainName(url.hostname.replaceAll(/^\[|\]$/g, ''))
  const port = url.port || (isSecure(url) ? '443' : '80')
  return list.split(/[\s,;]+/).some((entry) => {
    if (entry === '*') return true
    const [, bracketed, plain = '', bits, wantedPort] = ENTRY.exec(entry) ?? []
    const name = bracketed ?? plainName(plain.replace(/^\*?\./, ''))
    if (name === '' || (wantedPort ?? port) !== port) return false
    return host === name || host.endsWith(`.${name}`) || isInNetwork(host, name, bits)
  })
}

/** The proxy for an address; `undefined`: none. */
export const proxyFor = (address: string, { HTTPS_PROXY, HTTP_PROXY, NO_PROXY = '' }: ProxyEnv): string | undefined => {
  const url = new URL(address)
  const proxy = isSecure(url) ? HTTPS_PROXY : HTTP_PROXY
  return proxy === undefined || isLoopback(address) || isExempt(url, NO_PROXY) ? undefined : proxy
}

/** An agent that tunnels connections to an address through its proxy; `undefined`: connect directly. */
export const agentFor = (address: string, env: ProxyEnv, keepAlive = false): HttpsProxyAgent<string> | undefined => {
  const proxy = proxyFor(address, env)
  return proxy === undefined ? undefined : new HttpsProxyAgent(proxy, { keepAlive })
}

/** A proxy's URL for the log: without user name and password. */
export const shownProxy = (proxy: string): string => new URL(proxy).origin

/** Makes `fetch` use the proxy, until the returned function is called. Older versions of Node cannot. */
export const proxyFetch = (
  env: ProxyEnv & Partial<Pick<Env, 'MESSAGE_WEBHOOK_URL' | 'OUTBOUND_WEBHOOK_URL'>>,
): (() => void) | undefined => {
  const { HTTPS_PROXY, HTTP_PROXY, NO_PROXY, MESSAGE_WEBHOOK_URL, OUTBOUND_WEBHOOK_URL } = env
  // Node supports fewer forms of NO_PROXY than this file, and no networks.
  const direct = [MESSAGE_WEBHOOK_URL, OUTBOUND_WEBHOOK_URL]
    .filter((url) => url !== undefined && !proxyFor(url, env))
    .map((url) => new URL(url!).host)
  if (HTTPS_PROXY === undefined && HTTP_PROXY === undefined) return () => undefined
  return http.setGlobalProxyFromEnv?.({
    ...(HTTPS_PROXY === undefined ? {} : { HTTPS_PROXY }),
    ...(HTTP_PROXY === undefined ? {} : { HTTP_PROXY }),
    NO_PROXY: [NO_PROXY, LOOPBACK, ...direct].filter(Boolean).join(','),
  })
}

/** Whether this Node has `fetch` use a proxy. */
export const fetchesByProxy = (): boolean => http.setGlobalProxyFromEnv !== undefined

/** Which connections use which proxy, in a sentence; `undefined` when there is no proxy. */
export const describeProxy = (
  env: Env,
  fetches: boolean,
): { readonly text: string; readonly isWhole: boolean } | undefined => {
  const { HTTPS_PROXY, HTTP_PROXY } = env
  if (HTTPS_PROXY === undefined && HTTP_PROXY === undefined) return undefined
  const ways: readonly (readonly [what: string, proxy: string | undefined])[] = [
    ['the model', proxyFor(env.OPENAI_REALTIME_URL, env)],
    ['Twilio', proxyFor(restUrlOf(env), env)],
    ...[env.MESSAGE_WEBHOOK_URL, env.OUTBOUND_WEBHOOK_URL]
      .filter((url) => url !== undefined)
      .map((url) => ['webhooks', fetches ? proxyFor(url, env) : undefined] as const),
  ]
  const said = ways.map(
    ([what, proxy]) => `${what} ${proxy === undefined ? 'directly' : `through ${shownProxy(proxy)}`}`,
  )
  const mail = env.MESSAGE_EMAIL_SMTP_URL === undefined ? [] : ['mail directly, which knows no such proxy']
  const missed = [env.MESSAGE_WEBHOOK_URL, env.OUTBOUND_WEBHOOK_URL].some(
    (url) => url !== undefined && !fetches && proxyFor(url, env),
  )
  return {
    text: `${[...new Set([...said, ...mail])].join(', ')}${missed ? `: Node ${process.version} cannot send webhooks through a proxy, Node 26 can` : ''}`,
    isWhole: !missed,
  }
}

/** Logs at start which connections use a proxy. */
export const logProxy = (env: Env, fetches: boolean, log: Logger): void => {
  const found = describeProxy(env, fetches)
  if (!found) return
  if (found.isWhole) log.info({ ways: found.text }, 'a proxy is used')
  else log.warn({ ways: found.text }, 'a proxy is used, not for everything')
}
