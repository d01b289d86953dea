import { createHash, timingSafeEqual } from 'node:crypto'
import { GatewayError } from '@llc-phone/core'
import type { FastifyRequest } from 'fastify'

const digest = (text: string) => createHash('sha256').update(text).digest()

/** A hook that wants `Authorization: Bearer ADMIN_TOKEN`. Hashing first makes the comparison independent of length. */
export const requireAdmin = (adminToken: string) => {
  const wanted = digest(adminToken)
  return async (request: FastifyRequest): Promise<void> => {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ', 2)
    if (scheme?.toLowerCase() !== 'bearer' || !timingSafeEqual(digest(token ?? ''), wanted))
      throw new GatewayError(
        'unauthorized',
        'Send the header "Authorization: Bearer ADMIN_TOKEN" with the value of ADMIN_TOKEN.',
      )
  }
}
