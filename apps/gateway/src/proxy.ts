/** The proxy that HTTPS_PROXY and HTTP_PROXY name: for the model, for Twilio's REST API and for webhooks, never for this machine. */
import * as http from 'node:http'
import { HttpsProxyAgent } from 'https-proxy-agent'
import type { Logger } from 'pino'
import type { Env } from './env.ts'
import { isLoopback } from './loopback.ts'

type ProxyEnv = Pick<Env, 'HTTPS_PROXY' | 'HTTP_PROXY' | 'NO_PROXY'>

/** This machine, for those who look at NO_PROXY by themselves. */
const LOOPBACK = 'localhost,127.0.0.1,[::1],::1'

const isSecure = ({ protocol }: URL): boolean => protocol === 'https:' || protocol === 'wss:'

/** An entry is a host, with its subdomains, and may name a port; a leading dot or asterisk changes nothing. */
const isExempt = (url: URL, list: string): boolean => {
  const host = url.hostname.toLowerCase().replaceAll(/^\[|\]$/g, '')
  const port = url.port || (isSecure(url) ? '443' : '80')
  return list
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '*') return true
      const [, bracketed, plain = '', wantedPort] = /^(?:\[(.+)\]|([^:]*|.*:.*:.*?))(?::(\d+))?$/.exec(entry) ?? []
      const name = bracketed ?? plain.replace(/^\*?\./, '')
      return name !== '' && (wantedPort ?? port) === port && (host === name || host.endsWith(`.${name}`))
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
export const proxyFetch = ({ HTTPS_PROXY, HTTP_PROXY, NO_PROXY }: ProxyEnv): (() => void) | undefined => {
  if (HTTPS_PROXY === undefined && HTTP_PROXY === undefined) return () => undefined
  return http.setGlobalProxyFromEnv?.({
    ...(HTTPS_PROXY === undefined ? {} : { HTTPS_PROXY }),
    ...(HTTP_PROXY === undefined ? {} : { HTTP_PROXY }),
    NO_PROXY: [NO_PROXY, LOOPBACK].filter(Boolean).join(','),
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
    ['Twilio', proxyFor(env.TWILIO_API_URL ?? 'https://api.twilio.com', env)],
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
