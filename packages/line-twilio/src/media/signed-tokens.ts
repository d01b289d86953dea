import { createHmac, timingSafeEqual } from 'node:crypto'
import type { MediaTokens } from './media-tokens.ts'

/** 192 bits of an HMAC: too many to guess. */
const MAC_BYTES = 24

/** Sockets of one call in one process that are looked through: it has another one after each transfer that comes back. */
const MOST_SOCKETS = 32

/** What tokens are signed with, and for which call. */
export interface TokenSigning {
  /** FLEET_SECRET: the first one signs, each of them verifies. */
  readonly secrets: readonly string[]
  /** How many processes have served a call of this process. */
  epochOf(callId: string): number
  /** Whether this process has the call. */
  isLive(callId: string): boolean
  /** A token was claimed. */
  opened?(callId: string): void
}

const macOf = (secret: string, callId: string, epoch: number, socket: number): Buffer =>
  createHmac('sha256', secret).update(`media ${callId} ${epoch} ${socket}`).digest().subarray(0, MAC_BYTES)

const readToken = (token: string): { readonly callId: string; readonly mac: Buffer } | undefined => {
  const [, callId, mac] = /^([\w-]{1,100})\.([\w-]{32})$/.exec(token) ?? []
  return callId === undefined ? undefined : { callId, mac: Buffer.from(mac!, 'base64url') }
}

/** The call that a token names, without checking it. */
export const callOfToken = (token: string): string | undefined => readToken(token)?.callId

/** The token for the first socket of a call that this many processes have served. */
export const firstToken = (secrets: readonly string[], callId: string, epoch: number): string =>
  `${callId}.${macOf(secrets[0]!, callId, epoch, 0).toString('base64url')}`

/** Whether a token was made with one of the secrets for a socket of a call that this many processes have served. */
export const isTokenOf = (token: string, secrets: readonly string[], epoch: number): boolean => {
  const read = readToken(token)
  return read !== undefined && socketOf(read, secrets, epoch) !== undefined
}

const socketOf = (
  { callId, mac }: { readonly callId: string; readonly mac: Buffer },
  secrets: readonly string[],
  epoch: number,
): number | undefined => {
  for (let socket = 0; socket < MOST_SOCKETS; socket++)
    if (secrets.some((secret) => timingSafeEqual(macOf(secret, callId, epoch, socket), mac))) return socket
  return undefined
}

/**
 * Tokens that every instance with the same secret can check, and that nothing has to remember: an HMAC over the call, how many
 * processes have served it, and how many sockets it has had in this one. Whoever takes the call over makes all of them void.
 */
export const createSignedTokens = ({ secrets, epochOf, isLive, opened }: TokenSigning): MediaTokens => {
  /** Sockets that calls of this process have had. */
  const sockets = new Map<string, number>()

  const whyNot = (read: NonNullable<ReturnType<typeof readToken>>): string => {
    const epoch = epochOf(read.callId)
    for (let earlier = epoch - 1; earlier > 0; earlier--)
      if (socketOf(read, secrets, earlier) !== undefined)
        return 'The media token is of the process that served the call before this one.'
    return socketOf(read, secrets, epoch) === undefined
      ? 'The media token was not made with FLEET_SECRET: it is of another fleet, or an instance has another secret.'
      : 'The media token was used before.'
  }

  return {
    issue(callId) {
      for (const other of sockets.keys()) if (!isLive(other)) sockets.delete(other)
      const mac = macOf(secrets[0]!, callId, epochOf(callId), sockets.get(callId) ?? 0)
      return `${callId}.${mac.toString('base64url')}`
    },
    claim(token) {
      const read = readToken(token)
      if (!read) return { refusal: 'The media token is none: it has another form.' }
      const { callId } = read
      if (!isLive(callId)) return { refusal: 'The media token is of a call that this instance does not have.' }
      const next = sockets.get(callId) ?? 0
      if (!secrets.some((secret) => timingSafeEqual(macOf(secret, callId, epochOf(callId), next), read.mac)))
        return { refusal: whyNot(read) }
      sockets.set(callId, (sockets.get(callId) ?? 0) + 1)
      opened?.(callId)
      return { callId }
    },
  }
}
