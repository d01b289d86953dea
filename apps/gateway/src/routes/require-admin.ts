import { createHash, timingSafeEqual } from 'node:crypto'
import { GatewayError, systemClock } from '@llc-phone/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createGuessLimit, type GuessLimit } from './guess-limit.ts'

declare module 'fastify' {
  interface FastifyInstance {
    guessLimit: GuessLimit
  }
}

/** Gives an application one counter of wrong tokens, shared by all its operator routes. */
export const addGuessLimit = (app: FastifyInstance): void =>
  void app.decorate(
    'guessLimit',
    createGuessLimit(() => systemClock.now()),
  )

const digest = (text: string) => createHash('sha256').update(text).digest()

/**
 * A hook that requires `Authorization: Bearer ADMIN_TOKEN`. Hashing first makes the comparison independent of length.
 * Repeated wrong tokens must wait; the right one never does, even if somebody else behind the same proxy guesses.
 */
export const requireAdmin = (adminToken: string) => {
  const wanted = digest(adminToken)
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { authorization = '' } = request.headers
    const [scheme, token] = authorization.split(' ', 2)
    if (scheme?.toLowerCase() === 'bearer' && timingSafeEqual(digest(token ?? ''), wanted)) {
      request.actor = { name: 'ADMIN_TOKEN', role: 'owner' }
      return
    }
    const waitSeconds = authorization === '' ? 0 : request.server.guessLimit.wrong(request.ip)
    if (waitSeconds > 0) {
      reply.header('retry-after', String(waitSeconds))
      throw new GatewayError('too_many_attempts', `Too many wrong tokens. Try again in ${waitSeconds} s.`)
    }
    throw new GatewayError(
      'unauthorized',
      'Send the header "Authorization: Bearer ADMIN_TOKEN" with the value of ADMIN_TOKEN.',
    )
  }
}
