import type { IncomingHttpHeaders } from 'node:http'
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import { readSignatureSettings, SIGNATURE_SETTINGS_HEADER, type SharedKeys } from './shared-keys.ts'

/** Decides whether a request was signed by Twilio with a secret of ours. Both return what is wrong, `undefined` when nothing is. */
export interface SignatureCheck {
  /** `target` is path and query as received; `parameters` are the form's, or `{}` for GET. */
  request(headers: IncomingHttpHeaders, target: string, parameters: object): string | undefined
  /** The same for a WebSocket upgrade, which Twilio signs over the `wss:` URL of the TwiML. */
  upgrade(headers: IncomingHttpHeaders, target: string): string | undefined
}

/** What a request was signed with. */
interface Signed {
  readonly signature: string
  readonly algorithm?: string
  readonly secrets: readonly string[]
}

/** What URL parsers escape by themselves, and then every escape that separates nothing: `%27` may have been signed as an apostrophe. */
const NEEDLESS_ESCAPES = [/(?:%(?:2[27]|3[CE]))+/gi, /(?:%(?!2[356B]|3D)[0-9A-F]{2})+/gi]

const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const escapedIn = (query: string): string =>
  query.replaceAll(/[^\w%&=+.~?-]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)

/** The target as received, and as it may have been signed before somebody on the way escaped it, or took its escapes away. */
const spellingsOf = (target: string): readonly string[] => [
  ...new Set([
    target,
    ...NEEDLESS_ESCAPES.map((escapes) => target.replaceAll(escapes, unescaped)),
    target.replace(/\?.*$/s, escapedIn),
  ]),
]

/** An origin as it was written, apart from a slash behind it; the validator itself knows it with and without the default port. */
const asWritten = (publicUrl: string): string => publicUrl.trim().replace(/\/+$/, '')

const withSmallScheme = (url: string): string => url.replace(/^https?:/i, (scheme) => scheme.toLowerCase())

/**
 * Checks signatures over the configured public origin. Host and X-Forwarded-* are written by whoever sends the request, so
 * they never take part, but for the capitals of the host. Several tokens are accepted at a time, because promoting a new one changes signatures at once.
 */
export const createSignatureCheck = (options: {
  /** Twilio signs an address as it was written, capitals included, so it may come as the operator wrote it. */
  readonly publicUrl: string
  readonly authTokens: readonly string[]
  readonly sharedKeys?: SharedKeys | undefined
}): SignatureCheck => {
  const { publicUrl, authTokens, sharedKeys = new Map() } = options
  const { origin, protocol, host, port } = new URL(publicUrl)
  const origins = [...new Set([origin, asWritten(publicUrl), withSmallScheme(asWritten(publicUrl))])]

  /** Capitals that stand at Twilio and not in PUBLIC_URL: the host is believed only where it is ours in other letters. */
  const originsOf = ({ host: named = '' }: IncomingHttpHeaders): readonly string[] =>
    named !== host && named.toLowerCase() === host ? [...origins, `${protocol}//${named}`] : origins
  const mediaOrigin = mediaOriginOf(publicUrl)

  const isSignedOver = ({ signature, algorithm, secrets }: Signed, url: string, parameters: object): boolean =>
    secrets.some((secret) => {
      try {
        return validateRequest(secret, signature, url, parameters, algorithm)
      } catch {
        return false // a target that does not even make a URL
      }
    })

  /** What the headers say of the signature, or what is wrong with them. */
  const signedWith = (headers: IncomingHttpHeaders): Signed | string => {
    const signature = headers['x-twilio-signature']
    if (typeof signature !== 'string' || signature === '') return 'X-Twilio-Signature is missing.'
    const settings = headers[SIGNATURE_SETTINGS_HEADER]
    if (typeof settings !== 'string' || settings.trim() === '') return { signature, secrets: authTokens }
    const shared = readSignatureSettings(settings, sharedKeys)
    return typeof shared === 'string' ? shared : { signature, ...shared }
  }

  const check = (headers: IncomingHttpHeaders, urls: readonly string[], parameters: object): string | undefined => {
    const signed = signedWith(headers)
    if (typeof signed === 'string') return signed
    if (urls.some((url) => isSignedOver(signed, url, parameters))) return undefined
    return `X-Twilio-Signature does not match. It is checked over PUBLIC_URL with ${signed.algorithm === undefined ? 'TWILIO_AUTH_TOKEN' : 'TWILIO_WEBHOOK_SHARED_KEYS'}.`
  }

  return {
    request(headers, target, parameters) {
      const urls = originsOf(headers).flatMap((each) => spellingsOf(target).map((spelling) => each + spelling))
      return check(headers, urls, parameters)
    },
    upgrade(headers, target) {
      // The validator neither adds :443 nor drops a slash for wss, and proxies on the way may have done either.
      const candidates = [
        `${mediaOrigin}${target}`,
        `${mediaOrigin}${target}/`,
        mediaOrigin + target.replace(/\/$/, ''),
      ]
      if (port === '') candidates.push(`${mediaOrigin}:${protocol === 'https:' ? 443 : 80}${target}`)
      return check(headers, candidates, {})
    },
  }
}

/** The origin of media URLs: `wss:` for `https:`, `ws:` for `http:`. */
export const mediaOriginOf = (publicUrl: string): string => new URL(publicUrl).origin.replace(/^http/, 'ws')
