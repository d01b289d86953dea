import type { IncomingHttpHeaders } from 'node:http'
import { validateRequest } from 'twilio/lib/webhooks/webhooks.js'
import { readSignatureSettings, SIGNATURE_SETTINGS_HEADER, type SharedKeys } from './shared-keys.ts'

/** Checks that a request was signed by Twilio with a secret of ours. Both return a message if not, `undefined` if it was. */
export interface SignatureCheck {
  /** Checks a webhook. `target`: path and query as received; `parameters`: the form's fields, or `{}` for GET. */
  request(headers: IncomingHttpHeaders, target: string, parameters: object): string | undefined
  /** Checks a WebSocket upgrade, which Twilio signs over the `wss:` URL of the TwiML. */
  upgrade(headers: IncomingHttpHeaders, target: string): string | undefined
}

/** The signature of a request and its candidate secrets. */
interface Signed {
  readonly signature: string
  readonly algorithm?: string
  readonly secrets: readonly string[]
}

/**
 * Characters that URL parsers escape by themselves, and escapes that are no separators: `%27` may have been signed as an
 * apostrophe.
 */
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

/** The target as received, and as it may have been signed: a proxy may have escaped or unescaped characters. */
const spellingsOf = (target: string): readonly string[] => [
  ...new Set([
    target,
    ...NEEDLESS_ESCAPES.map((escapes) => target.replaceAll(escapes, unescaped)),
    target.replace(/\?.*$/s, escapedIn),
  ]),
]

/** An origin as written, without a trailing slash; the validator itself tries it with and without the default port. */
const asWritten = (publicUrl: string): string => publicUrl.trim().replace(/\/+$/, '')

const withSmallScheme = (url: string): string => url.replace(/^https?:/i, (scheme) => scheme.toLowerCase())

/** How often in so long the prefix that is missing is looked for: it takes a check for each instance, and anybody can ask for it. */
const LOOKED_FOR = 10
const A_WHILE_MS = 10_000

/** What signatures are checked with. */
export interface SignatureOptions {
  /** The origin in our form and as the operator wrote it: Twilio signs URLs as written, capitals included. */
  readonly publicUrl: string
  readonly authTokens: readonly string[]
  readonly sharedKeys?: SharedKeys | undefined
  /** Other origins that Twilio is given: those of instances with an INSTANCE_URL. */
  readonly otherOrigins?: () => readonly string[]
  /** What the paths of instances begin with, like `/i/a`: to tell that a proxy strips it. */
  readonly prefixes?: () => readonly string[]
}

/**
 * Checks signatures over the configured public origin. Host and X-Forwarded-* are not used, because the sender writes them;
 * only the host's capitals are. Several tokens are accepted at a time, because promoting a new one changes signatures at once.
 */
export const createSignatureCheck = (options: SignatureOptions): SignatureCheck => {
  const { publicUrl, authTokens, sharedKeys = new Map(), otherOrigins = () => [], prefixes = () => [] } = options
  const { origin, protocol, host, port } = new URL(publicUrl)
  const origins = [...new Set([origin, asWritten(publicUrl), withSmallScheme(asWritten(publicUrl))])]

  /**
   * Adds the origin with the capitals of the Host header, if it is otherwise our host: Twilio may have them where
   * PUBLIC_URL has none.
   */
  const originsOf = ({ host: named = '' }: IncomingHttpHeaders): readonly string[] => [
    ...origins,
    ...(named !== host && named.toLowerCase() === host ? [`${protocol}//${named}`] : []),
    ...new Set(otherOrigins()),
  ]
  let since = -Infinity
  let looked = 0
  const mayLook = (): boolean => {
    const at = performance.now()
    if (at - since >= A_WHILE_MS) {
      since = at
      looked = 0
    }
    return ++looked <= LOOKED_FOR
  }

  const isSignedOver = ({ signature, algorithm, secrets }: Signed, url: string, parameters: object): boolean =>
    secrets.some((secret) => {
      try {
        return validateRequest(secret, signature, url, parameters, algorithm)
      } catch {
        return false // not a valid URL
      }
    })

  /** Reads the signature headers; returns a message if they are invalid. */
  const signedWith = (headers: IncomingHttpHeaders): Signed | string => {
    const signature = headers['x-twilio-signature']
    if (typeof signature !== 'string' || signature === '') return 'X-Twilio-Signature is missing.'
    const settings = headers[SIGNATURE_SETTINGS_HEADER]
    if (typeof settings !== 'string' || settings.trim() === '') return { signature, secrets: authTokens }
    const shared = readSignatureSettings(settings, sharedKeys)
    return typeof shared === 'string' ? shared : { signature, ...shared }
  }

  /** The prefix that a proxy has stripped from the path; `undefined`: that is not what is wrong. */
  const strippedFrom = (target: string, isSigned: (target: string) => boolean): string | undefined =>
    target.startsWith('/i/') || !mayLook() ? undefined : prefixes().find((prefix) => isSigned(prefix + target))

  const check = (
    headers: IncomingHttpHeaders,
    target: string,
    urlsOf: (target: string) => readonly string[],
    parameters: object,
  ): string | undefined => {
    const signed = signedWith(headers)
    if (typeof signed === 'string') return signed
    const isSigned = (wanted: string): boolean => urlsOf(wanted).some((url) => isSignedOver(signed, url, parameters))
    if (isSigned(target)) return undefined
    const stripped = strippedFrom(target, isSigned)
    if (stripped !== undefined)
      return `X-Twilio-Signature matches with ${stripped} before the path: the proxy strips it. Have it pass path and query on as they come.`
    return `X-Twilio-Signature does not match. It is checked over PUBLIC_URL with ${signed.algorithm === undefined ? 'TWILIO_AUTH_TOKEN' : 'TWILIO_WEBHOOK_SHARED_KEYS'}.`
  }

  return {
    request: (headers, target, parameters) =>
      check(
        headers,
        target,
        (wanted) => originsOf(headers).flatMap((each) => spellingsOf(wanted).map((spelling) => each + spelling)),
        parameters,
      ),
    upgrade: (headers, target) =>
      check(
        headers,
        target,
        (wanted) =>
          [origin, ...new Set(otherOrigins())].map(mediaUrlOf).flatMap((each) => [
            // For wss the validator tries neither :443 nor a trailing slash; proxies may have added either.
            `${each}${wanted}`,
            `${each}${wanted}/`,
            each + wanted.replace(/\/$/, ''),
            ...(port === '' ? [`${each}:${protocol === 'https:' ? 443 : 80}${wanted}`] : []),
          ]),
        {},
      ),
  }
}

/** The same address for media: `wss:` for `https:`, `ws:` for `http:`. */
export const mediaUrlOf = (url: string): string => url.replace(/^http/i, 'ws')
