import { randomBytes } from 'node:crypto'

/** 192 bits: too many to guess. */
const TOKEN_BYTES = 24

/** Tokens in the URLs of media sockets. A token names a call, and works once. */
export interface MediaTokens {
  /** The token for the call's next socket: the same one until it is claimed. */
  issue(callId: string): string
  /** The call of a token, by its id, or why it opens nothing. */
  claim(token: string): { readonly callId: string } | { readonly refusal: string }
}

const UNKNOWN = 'The media token is unknown, was used before, or has expired.'

/** Keeps one token for each call without a socket. */
export const createMediaTokens = (isLive: (callId: string) => boolean): MediaTokens => {
  const callIds = new Map<string, string>()
  const tokens = new Map<string, string>()

  const forget = (callId: string, token: string): void => {
    tokens.delete(callId)
    callIds.delete(token)
  }

  return {
    issue(callId) {
      for (const [other, token] of tokens) if (other !== callId && !isLive(other)) forget(other, token)
      const present = tokens.get(callId)
      if (present !== undefined) return present
      const token = randomBytes(TOKEN_BYTES).toString('base64url')
      tokens.set(callId, token)
      callIds.set(token, callId)
      return token
    },
    claim(token) {
      const callId = callIds.get(token)
      if (callId === undefined) return { refusal: UNKNOWN }
      forget(callId, token)
      return isLive(callId) ? { callId } : { refusal: UNKNOWN }
    },
  }
}
