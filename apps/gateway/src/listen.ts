import type { AddressInfo } from 'node:net'
import { GatewayError } from '@llc-phone/core'
import type { FastifyInstance } from 'fastify'
import { describePortHolder } from './watching/port-holder.ts'

/** Where an application listens, and the variable that names the port. */
export interface ListenAt {
  readonly port: number
  readonly host: string
  readonly variable: 'PORT' | 'ADMIN_PORT'
}

/** Listens, and returns the port. Throws `port_in_use`, with the name of who holds it. */
export const listen = async (app: FastifyInstance, { port, host, variable }: ListenAt): Promise<number> => {
  // Warm up code that is loaded and compiled on first use (some 50 ms), so that the first caller does not wait for it.
  await app.inject('/healthz')
  try {
    await app.listen({ port, host })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new GatewayError(
      'port_in_use',
      `Port ${port} is held by ${describePortHolder(port)}. Stop it, or set ${variable} to a free one.`,
    )
  }
  return (app.server.address() as AddressInfo).port
}
