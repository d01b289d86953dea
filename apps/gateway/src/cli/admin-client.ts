import { isIPv6 } from 'node:net'
import { GatewayError } from '@llc-phone/core'
import { CommandFailed, EXIT, runCommand as runAny, UsageError } from '@llc-phone/files'
import { loadDotEnv } from '../configuration/env.ts'

export { CommandFailed, UsageError } from '@llc-phone/files'

/** Nobody listens there. */
export class NotRunning extends CommandFailed {
  override readonly exitCode = EXIT.notRunning
}

/** An error answer of the gateway. */
export class Refused extends CommandFailed {
  readonly code: string | undefined
  readonly gate: string | undefined
  readonly until: string | undefined
  readonly lines: readonly { readonly line: number; readonly problem: string }[]

  constructor(status: number, body: unknown) {
    const { error = {} } = (body ?? {}) as {
      error?: Partial<Pick<Refused, 'code' | 'message' | 'gate' | 'until' | 'lines'>>
    }
    super(error.message ?? `The gateway answered ${status}.`)
    this.code = error.code
    this.gate = error.gate
    this.until = error.until
    this.lines = error.lines ?? []
  }
}

/** A request to the running gateway. */
export interface AdminRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** An object, sent as JSON. */
  readonly body?: object | string
  readonly timeoutMs?: number
  /** Ends a stream. */
  readonly signal?: AbortSignal
}

/** Sends operator requests to the running gateway. */
export interface AdminClient {
  readonly base: string
  /** Rejects with a {@link UsageError} when there is no gateway, and with {@link Refused} when it refuses the request. */
  send(request: AdminRequest): Promise<Response>
  json(request: AdminRequest): Promise<unknown>
}

const TIMEOUT_MS = 10_000

/** The host to reach the admin listener of this machine at: every address of it includes the loopback one. */
const adminHost = (): string => {
  const host = process.env.ADMIN_PORT?.trim() ? process.env.ADMIN_HOST?.trim() : undefined
  if (!host || ['0.0.0.0', '::', 'localhost'].includes(host)) return '127.0.0.1'
  return isIPv6(host) ? `[${host}]` : host
}

/** Where the operator routes and the console of this machine's gateway are, by the environment. */
export const ownAddress = (): string =>
  `http://${adminHost()}:${process.env.ADMIN_PORT?.trim() || process.env.PORT?.trim() || '8081'}`

/** `url` or this machine's gateway; ADMIN_PORT, PORT and ADMIN_TOKEN come from the environment or .env, and fall back to those of `./phone dev`. */
export const createAdminClient = (url: string | undefined): AdminClient => {
  loadDotEnv()
  if (url !== undefined && !/^https?:\/\//.test(url))
    throw new UsageError(`--url ${url}: write it with http:// or https://.`)
  const base = (url ?? ownAddress()).replace(/\/$/, '')
  const send: AdminClient['send'] = async ({ method = 'GET', path, headers, body, timeoutMs = TIMEOUT_MS, signal }) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${process.env.ADMIN_TOKEN?.trim() || 'development'}`,
        ...(typeof body === 'object' ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
    }).catch((error: unknown) => {
      const { code } = ((error as Error).cause ?? {}) as { code?: string }
      throw new NotRunning(
        `There is no gateway at ${base} (${code ?? (error as Error).name}). Start it, or give --url.`,
      )
    })
    if (response.status === 401)
      throw new CommandFailed(
        `ADMIN_TOKEN is neither that of the gateway at ${base} nor a key of somebody there. Set it in .env or in the shell.`,
      )
    if (!response.ok) throw new Refused(response.status, await response.json().catch(() => undefined))
    return response
  }
  return { base, send, json: async (request) => (await send(request)).json() }
}

/** Help text of the options for reaching the gateway, shared by all commands. */
export const REACHING = `  --url URL   the gateway; default http://127.0.0.1:PORT, or the ADMIN_PORT if there is one
  --help      shows this

PORT, ADMIN_PORT and ADMIN_TOKEN come from the environment or from .env at the repository root. Without them the values of
./phone dev are used. Instead of the ADMIN_TOKEN, a key of your own (./phone people) may stand there.`

/** Runs a command; mistakes of the user are printed as one sentence, and the exit code says what kind of mistake it was. */
export const runCommand = (run: () => Promise<void>): void => runAny(run, (error) => error instanceof GatewayError)
