import type { AddressInfo } from 'node:net'
import { GatewayError } from '@llc-phone/core'
import type { FastifyInstance } from 'fastify'
import type { Env } from './configuration/env.ts'
import { describePortHolder } from './watching/port-holder.ts'

/** Listens where the environment says, and returns the port. Throws `port_in_use`, with the name of who holds it. */
export const listen = async (app: FastifyInstance, { PORT: port, HOST: host }: Env): Promise<number> => {
  // Warm up code that is loaded and compiled on first use (some 50 ms), so that the first caller does not wait for it.
  await app.inject('/healthz')
  try {
    await app.listen({ port, host })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new GatewayError(
      'port_in_use',
      `Port ${port} is held by ${describePortHolder(port)}. Stop it, or set PORT to a free one.`,
    )
  }
  return (app.server.address() as AddressInfo).port
}
