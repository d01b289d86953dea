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

/** This machine, for those who look at NO_PROXY by themselves. */
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

/** A name as it is compared: `Example.COM.` and an address in other letters are plain names too. */
const plainName = (name: string): string => {
  const plain = name.toLowerCase().replace(/\.$/, '')
  return domainToASCII(plain) || plain
}

/** A host or a network, in brackets if it needs them, with a port or without; a scheme before it is no part of it. */
const ENTRY = /^(?:[a-z][a-z\d+.-]*:\/\/)?(?:\[(.+?)\]|([^:/]*|[^/]*:[^/]*:[^/]*?))(?:\/(\d{1,3}))?(?::(\d+))?\/?$/i

/** An entry is a host, with its subdomains, or a network, and may name a port; a leading dot or asterisk changes nothing. */
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

/** The proxy on the way to an address; `undefined`: there is none. */
export const proxyFor = (address: string, { HTTPS_PROXY, HTTP_PROXY, NO_PROXY = '' }: ProxyEnv): string | undefined => {
  const url = new URL(address)
  const proxy = isSecure(url) ? HTTPS_PROXY : HTTP_PROXY
  return proxy === undefined || isLoopback(address) || isExempt(url, NO_PROXY) ? undefined : proxy
}

/** Makes connections to an address through the proxy, as tunnels; `undefined`: directly. */
export const agentFor = (address: string, env: ProxyEnv, keepAlive = false): HttpsProxyAgent<string> | undefined => {
  const proxy = proxyFor(address, env)
  return proxy === undefined ? undefined : new HttpsProxyAgent(proxy, { keepAlive })
}

/** A proxy as it may be logged: without the name and the password of whoever uses it. */
export const shownProxy = (proxy: string): string => new URL(proxy).origin

/** Sends what `fetch` sends through the proxy too, until the function is called that comes back. Older Nodes cannot. */
export const proxyFetch = (
  env: ProxyEnv & Partial<Pick<Env, 'MESSAGE_WEBHOOK_URL' | 'OUTBOUND_WEBHOOK_URL'>>,
): (() => void) | undefined => {
  const { HTTPS_PROXY, HTTP_PROXY, NO_PROXY, MESSAGE_WEBHOOK_URL, OUTBOUND_WEBHOOK_URL } = env
  // Node knows fewer forms of NO_PROXY than we do, and no networks.
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

/** What goes which way, in a sentence; `undefined` when there is no proxy. */
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

/** Says at start which way things go. */
export const logProxy = (env: Env, fetches: boolean, log: Logger): void => {
  const found = describeProxy(env, fetches)
  if (!found) return
  if (found.isWhole) log.info({ ways: found.text }, 'a proxy is used')
  else log.warn({ ways: found.text }, 'a proxy is used, not for everything')
}
