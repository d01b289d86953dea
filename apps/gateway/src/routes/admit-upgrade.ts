import type { IncomingMessage } from 'node:http'
import { GatewayError } from '@llc-phone/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Access } from './access.ts'
import { mayDo, type Actor, type Role } from './roles.ts'

/**
 * Who sends the upgrade of a socket. A page of another origin is refused: browsers send cookies with sockets from anywhere.
 * Throws what {@link Access.admit} throws, and `forbidden`.
 */
export const admitUpgrade = async (access: Access, request: IncomingMessage, role: Role): Promise<Actor> => {
  const { origin, host } = request.headers
  if (origin !== undefined && URL.parse(origin)?.host !== host)
    throw new GatewayError('forbidden', 'A page of another origin may not open this socket.')
  const asked = { headers: request.headers, ip: request.socket.remoteAddress ?? '' } as FastifyRequest
  const reply = { header: () => reply, raw: request.socket, sent: true } as unknown as FastifyReply
  const actor = await access.admit(asked, reply)
  if (!mayDo(actor.role, role))
    throw new GatewayError('forbidden', `This needs the role ${role}; ${actor.name} has the role ${actor.role}.`)
  return actor
}
