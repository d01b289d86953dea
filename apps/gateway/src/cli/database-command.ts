import { parseArgs } from 'node:util'
import { GatewayError } from '@llc-phone/core'
import { asCalled, CommandFailed, developmentEnv, pasteable, runCommand, UsageError } from '@llc-phone/files'
import type { CopyProgress, CopyResult } from '@llc-phone/database'
import { loadDotEnv, parseEnv, readEnv, secretsOf } from '../configuration/env.ts'

const HELP = `Usage: ./phone database copy FROM TO

Copies everything that a gateway keeps into an empty database: from SQLite to Postgres, back, or between two of a kind. FROM and
TO are what DATABASE_URL would be. Stop the gateway first (./phone stop). All rows are copied in one transaction and counted in
both; when anything fails, the target is as empty as before. Nothing in FROM is changed. It is refused when TO has tables or
exists, when a gateway works with FROM, and when FROM is of another version than this one.

Files beside a database in a file (recordings of calls, stories that wait) are not in it: the command says what to move.

Options:
  --help   shows this

Examples:
  ./phone database copy file:data/llc-phone.db postgres://llc:secret@db.example.com/llc
  ./phone database copy postgres://llc:secret@db.example.com/llc file:data/from-postgres.db`

const SHOWN_EVERY_MS = 1_000

/** Shows how far a copy is: in place on a terminal, otherwise a line for a table that takes long. */
const createProgress = (): ((progress: CopyProgress) => void) & { end(): void } => {
  const { stderr } = process
  let shownAt = performance.now()
  const show = ({ table, done, rows }: CopyProgress): void => {
    if (performance.now() - shownAt < SHOWN_EVERY_MS) return
    shownAt = performance.now()
    const name = table === 'call_words' ? 'words of calls' : table
    const line = `${name}: ${done} of ${rows}`
    stderr.write(stderr.isTTY ? `\r\u001B[K${line}` : `${line}\n`)
  }
  return Object.assign(show, { end: () => void (stderr.isTTY && stderr.write('\r\u001B[K')) })
}

const summary = ({ tables, left, files }: CopyResult, tookMs: number): string => {
  const width = Math.max(...tables.map(({ table }) => table.length))
  const rows = tables.reduce((sum, table) => sum + table.rows, 0)
  return [
    ...tables.filter((table) => table.rows > 0).map((table) => `${table.table.padEnd(width)}  ${table.rows}`),
    `${rows} rows in ${tables.length} tables, counted in both, in ${(tookMs / 1_000).toFixed(1)} s.`,
    ...(left.length > 0 ? [`Not copied, because they are not this program's: ${left.join(', ')}.`] : []),
    ...files.map(({ from, to }) => `Files are not in the database. Move them: mv '${from}' '${to}'`),
    'Now set DATABASE_URL to the new database, then ./phone doctor and ./phone start.',
  ].join('\n')
}

const run = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  })
  if (values.help) return console.log(asCalled(HELP))
  const [command, from, to, ...rest] = positionals
  if (command !== 'copy' || from === undefined || to === undefined || rest.length > 0) throw new UsageError(HELP)
  loadDotEnv()
  // Loaded late, so that the help text and mistakes in the command appear at once.
  const [{ copyDatabase }, { configureGateway }, { createLog }] = await Promise.all([
    import('@llc-phone/database'),
    import('../../gateway.config.ts'),
    import('../watching/log.ts'),
  ])
  for (const [name, url] of [
    ['FROM', from],
    ['TO', to],
  ] as const)
    assertUrl(name, url)
  // What is missing is not needed here: gateway.config.ts is only asked for the tables of its packages.
  const env = parseEnv({ ...developmentEnv(process.env).env, DATABASE_URL: from }, { mode: 'dev' })
  const log = createLog({ level: 'silent', secrets: secretsOf(env) })
  const onProgress = createProgress()
  const begun = performance.now()
  let isTold = false
  try {
    const result = await copyDatabase({
      from,
      to,
      onProgress,
      onWait() {
        if (!isTold)
          console.error('A gateway has worked with this database a moment ago: waiting until it is surely gone.')
        isTold = true
      },
      async openPackages(store) {
        const inForce = (): never => {
          throw new GatewayError('config_invalid', 'There are no settings while a database is copied.')
        }
        await configureGateway({ env, store, log, demoData: false, inForce })
      },
    })
    onProgress.end()
    console.log(pasteable(summary(result, performance.now() - begun)))
  } catch (error) {
    onProgress.end()
    throw error
  }
}

const assertUrl = (name: string, url: string): void => {
  const read = readEnv({ ...developmentEnv(process.env).env, DATABASE_URL: url }, 'dev')
  const problem = 'problems' in read ? read.problems.get('DATABASE_URL') : undefined
  if (problem !== undefined) throw new CommandFailed(`${name} ${problem}.`)
}

runCommand(run, (error) => error instanceof GatewayError)
