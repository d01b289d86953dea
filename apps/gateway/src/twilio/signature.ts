import { validateRequest } from 'twilio/lib/webhooks/webhooks.js'

/** Decides whether a request was signed by Twilio with one of our tokens. */
export interface SignatureCheck {
  /** `target` is path and query as received; `parameters` are the form's, or `{}` for GET. */
  request(signature: string | undefined, target: string, parameters: object): boolean
  /** The same for a WebSocket upgrade, which Twilio signs over the `wss:` URL of the TwiML. */
  upgrade(signature: string | undefined, target: string): boolean
}

/**
 * Checks signatures over the configured public origin. Host and X-Forwarded-* are written by whoever sends the request, so
 * they never take part. Several tokens are accepted at a time, because promoting a new one changes signatures at once.
 */
export const createSignatureCheck = (options: {
  readonly publicUrl: string
  readonly authTokens: readonly string[]
}): SignatureCheck => {
  const origin = new URL(options.publicUrl)
  const mediaOrigin = mediaOriginOf(options.publicUrl)

  const signedOver = (signature: string | undefined, url: string, parameters: object): boolean => {
    if (!signature) return false
    return options.authTokens.some((token) => {
      try {
        return validateRequest(token, signature, url, parameters)
      } catch {
        return false // a target that does not even make a URL
      }
    })
  }

  return {
    request: (signature, target, parameters) => signedOver(signature, `${origin.origin}${target}`, parameters),
    upgrade(signature, target) {
      // The validator neither adds :443 nor drops a slash for wss, and proxies on the way may have done either.
      const candidates = [`${mediaOrigin}${target}`, `${mediaOrigin}${target}/`]
      if (origin.port === '') {
        const port = origin.protocol === 'https:' ? 443 : 80
        candidates.push(`${mediaOrigin}:${port}${target}`)
      }
      return candidates.some((url) => signedOver(signature, url, {}))
    },
  }
}

/** The origin of media URLs: `wss:` for `https:`, `ws:` for `http:`. */
export const mediaOriginOf = (publicUrl: string): string => {
  const { protocol, host } = new URL(publicUrl)
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}`
}
