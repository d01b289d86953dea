import { buildApp } from './app.ts'
import type { Env } from './configuration/env.ts'
import type { GatewayDeps } from './deps.ts'
import { listen } from './listen.ts'

/** The applications of a gateway, listening. */
export interface OpenApps {
  readonly port: number
  /** Absent while one listener serves everybody. */
  readonly adminPort?: number
  close(): Promise<void>
}

/**
 * Listens at PORT, and with ADMIN_PORT also there: operator routes are then no part of the public application at all. Throws
 * `port_in_use`.
 */
export const openApps = async (
  deps: GatewayDeps,
  env: Pick<Env, 'PORT' | 'HOST' | 'ADMIN_PORT' | 'ADMIN_HOST'>,
): Promise<OpenApps> => {
  const at = { port: env.PORT, host: env.HOST, variable: 'PORT' } as const
  if (env.ADMIN_PORT === undefined) {
    const app = await buildApp(deps)
    return { port: await listen(app, at), close: () => app.close() }
  }
  const operators = await buildApp(deps, { serve: 'operators' })
  const app = await buildApp(deps, { serve: 'public' })
  // First, so that no caller reaches a gateway that ends at once because this port is taken.
  const adminPort = await listen(operators, { port: env.ADMIN_PORT, host: env.ADMIN_HOST, variable: 'ADMIN_PORT' })
  const close = async () => void (await Promise.all([app.close(), operators.close()]))
  try {
    return { port: await listen(app, at), adminPort, close }
  } catch (error) {
    await close()
    throw error
  }
}
