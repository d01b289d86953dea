import { userInfo } from 'node:os'
import { parseArgs } from 'node:util'
import { loadDotEnv } from '../env.ts'

const HELP = `Usage: pnpm numbers list
       pnpm numbers set NUMBER MODE
       pnpm numbers remove NUMBER

Says which number answers in which mode, and changes it while the gateway runs. NUMBER is in E.164 form (+14155550102), MODE
is the name of a mode instance in apps/gateway/gateway.config.ts. A change is stored, counts from the number's next call on,
and wins over gateway.config.ts until it is removed. Calls that are up keep their mode.

  --url URL   the gateway; default http://127.0.0.1:PORT
  --help      shows this

PORT and ADMIN_TOKEN come from the environment or from .env at the repository root. Without them the values of pnpm dev are
used.`

interface Answered {
  readonly number: string
  readonly mode: string
  readonly source: string
}

/** Something to tell the user, without a stack. */
class UsageError extends Error {}

const ask = async (base: string, method: string, path: string, body?: object): Promise<unknown> => {
  const response = await fetch(`${base}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${process.env.ADMIN_TOKEN?.trim() || 'development'}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(10_000),
  }).catch((error: unknown) => {
    const { code } = ((error as Error).cause ?? {}) as { code?: string }
    throw new UsageError(`There is no gateway at ${base} (${code ?? (error as Error).name}). Start it, or give --url.`)
  })
  const answer = (await response.json().catch(() => undefined)) as { error?: { message?: string } } | undefined
  if (!response.ok) throw new UsageError(answer?.error?.message ?? `The gateway answered ${response.status}.`)
  return answer
}

const SOURCES: Readonly<Record<string, string>> = {
  config: 'gateway.config.ts',
  stored: 'set while running',
  unlisted: 'not listed',
}

const lineOf = ({ number, mode, source }: Answered): string => `${number}  ${mode}  (${SOURCES[source] ?? source})`

const run = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, url: { type: 'string' } },
    allowPositionals: true,
  })
  if (values.help) return console.log(HELP)
  loadDotEnv()
  const [command, number, mode, ...rest] = positionals
  const base = (values.url ?? `http://127.0.0.1:${process.env.PORT?.trim() || '8081'}`).replace(/\/$/, '')
  const path = `/numbers/${encodeURIComponent(number ?? '')}`
  const by = userInfo().username
  const given = positionals.length
  if (command === 'list' && given === 1) {
    const { numbers } = (await ask(base, 'GET', '/numbers')) as { numbers: Answered[] }
    return console.log(numbers.map(lineOf).join('\n') || 'No number is listed; every one gets the unknown mode.')
  }
  if (command === 'set' && given === 3 && rest.length === 0)
    return console.log(lineOf((await ask(base, 'PUT', path, { mode, by })) as Answered))
  if (command === 'remove' && given === 2)
    return console.log(lineOf((await ask(base, 'DELETE', `${path}?by=${encodeURIComponent(by)}`)) as Answered))
  throw new UsageError(HELP)
}

const isUsageError = (error: unknown): boolean =>
  error instanceof UsageError || String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')

run().catch((error: unknown) => {
  console.error(isUsageError(error) ? (error as Error).message : error)
  process.exitCode = 1
})
