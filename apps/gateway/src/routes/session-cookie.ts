import type { IncomingHttpHeaders } from 'node:http'
import { GatewayError } from '@llc-phone/core'
import { isAtLoopback } from './browser-request.ts'

/**
 * What a browser that is signed in keeps. No other host and no other path can set the first; the second is for this machine
 * without encryption, where browsers refuse the first.
 */
const SECURE = '__Host-llc'
const PLAIN = 'llc'

/** What the cookie is in a browser that somebody has signed out of in development, where it would be signed in again. */
export const SIGNED_OUT = 'signed-out'

/** 32 random bytes in base64url. */
const SECRET = /^[\w-]{43}$/

const FLAGS = 'Path=/; HttpOnly; SameSite=Strict'

const valuesOf = ({ cookie = '' }: IncomingHttpHeaders, name: string): string[] =>
  cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))

/** The one value there is; two are of nobody, because one of them was put there by somebody else. */
const valueOf = (headers: IncomingHttpHeaders): string | undefined => {
  const values = [...valuesOf(headers, SECURE), ...(isAtLoopback(headers) ? valuesOf(headers, PLAIN) : [])]
  return new Set(values).size === 1 ? values[0] : undefined
}

/** The secret of the session that a request names. */
export const sessionSecretOf = (headers: IncomingHttpHeaders): string | undefined => {
  const value = valueOf(headers)
  return value !== undefined && SECRET.test(value) ? value : undefined
}

/** Whether somebody has signed out of this browser, and wants to stay so. */
export const staysSignedOut = (headers: IncomingHttpHeaders): boolean => valueOf(headers) === SIGNED_OUT

/**
 * `Set-Cookie` for a session of this length. The browser's page says by `Origin` whether it came encrypted; without it, only
 * this machine is taken for unencrypted. Throws `request_invalid` where a cookie would be sent over a network in the clear.
 */
export const sessionCookie = (headers: IncomingHttpHeaders, value: string, maxAgeMs: number): string => {
  const isEncrypted = headers.origin === undefined ? !isAtLoopback(headers) : headers.origin.startsWith('https:')
  const age = `Max-Age=${Math.floor(maxAgeMs / 1_000)}`
  if (isEncrypted) return `${SECURE}=${value}; ${FLAGS}; ${age}; Secure`
  if (isAtLoopback(headers)) return `${PLAIN}=${value}; ${FLAGS}; ${age}`
  throw new GatewayError(
    'request_invalid',
    'This page came over plain http, where everybody on the way could read your key. Open the console over https, or on the machine itself at 127.0.0.1, for example by ssh -L.',
  )
}

/** `Set-Cookie` that removes both. */
export const noSessionCookies: readonly string[] = [
  `${SECURE}=; ${FLAGS}; Max-Age=0; Secure`,
  `${PLAIN}=; ${FLAGS}; Max-Age=0`,
]
