import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { GatewayError } from '@llc-phone/core'
import { asCalled, CommandFailed, loadDotEnv, runCommand, TextProblem, UsageError } from '@llc-phone/files'
import { isPostgresUrl, pgDumpCommand } from '@llc-phone/store'
import { backUpDatabase } from '../database/backup.ts'
import { backupFolder } from '../database/backup-folder.ts'
import { databaseFile } from '../database/database-file.ts'

const HELP = `Usage: ./phone backup [FILE]

Copies the database that DATABASE_URL names (default file:data/llc-phone.db; .env at the repository root is read, a real
variable wins), also while calls run. The copy is checked before it gets its name; a file that exists is never written
over. Without FILE it goes to backups/ beside the database, named for the time in UTC. Of a Postgres database it says which
pg_dump makes the backup.

Ends with 0 when the backup can be restored, with 1 and a reason when there is none.

Options:
  --help   shows this

Examples:
  ./phone backup
  ./phone backup /mnt/backups/llc-phone.db`

const DEFAULT_URL = 'file:data/llc-phone.db'

const timeInName = (at: Date): string => at.toISOString().slice(0, 19).replaceAll(':', '-')

const run = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  })
  if (values.help) return console.log(asCalled(HELP))
  if (positionals.length > 1) throw new UsageError('Name one file at most.')
  const dotEnv = fileURLToPath(new URL('../../../../.env', import.meta.url))
  try {
    loadDotEnv(dotEnv)
  } catch (error) {
    throw error instanceof TextProblem ? new GatewayError('config_invalid', `${dotEnv} ${error.message}.`) : error
  }
  const url = process.env['DATABASE_URL']?.trim() || DEFAULT_URL
  if (isPostgresUrl(url))
    throw new CommandFailed(
      `DATABASE_URL names a Postgres database, which its own program backs up, also while calls run:
  ${pgDumpCommand(url, positionals[0] ?? `llc-phone-${timeInName(new Date())}.dump`)}
It asks for the password, or takes it from PGPASSWORD. docs/guides/postgres.md tells how it is restored.`,
    )
  const file = resolve(databaseFile(url))
  const target = positionals[0] ?? join(backupFolder(file), `llc-phone-${timeInName(new Date())}.db`)
  const backup = await backUpDatabase(file, resolve(target))
  console.log(`${backup.file}: ${backup.sizeBytes} bytes, checked, in ${Math.round(backup.durationMs)} ms`)
}

runCommand(run, (error) => error instanceof GatewayError)
