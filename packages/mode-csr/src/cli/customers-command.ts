import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { GatewayError } from '@llc-phone/core'
import {
  asCalled,
  CommandFailed,
  loadDotEnv,
  readTextFile,
  runCommand,
  TextProblem,
  UsageError,
} from '@llc-phone/files'
import type { CustomerDatabase } from '../db/schema.ts'
import * as z from 'zod'
import { calendarSchema, storeCalendar } from './calendar-file.ts'
import { columns, readCustomerFile, type Problem } from './customer-file.ts'
import { exportCustomers } from './transfer-for-desk.ts'
import { describeImport, planImport, readStored, runImport } from './transfer-customers.ts'

const HELP = `Usage: ./phone customers import FILE.csv [--dry-run] [--share]
       ./phone customers export [FILE.csv]
       ./phone customers calendar FILE.json [--dry-run]

import     Adds and updates customers, from CSV with a first line that names the columns, in UTF-8, UTF-16 or Windows-1252.
           Columns: ${columns.join(', ')}.
           first_name, last_name and phones (E.164, an extension behind it like "+14155550142 ext. 22", several with ";"
           between) are needed; an empty cell leaves what is known, and somebody with one name has no last_name. A row is
           the customer with its id, or with its name, however it is spelled, and one of its numbers; otherwise it is a new
           one. A number by which another customer is recognised is kept for contact only, so that nobody loses theirs;
           families are imported with --share. Any mistake is shown with its line, and nothing is imported.
export     Writes all customers, to the terminal without FILE. PINs are not in it. It is personal data: keep it safe.
calendar   Sets services, hours, closures and resources (chairs, vans, people), whichever the file has. See
           docs/guides/customer-database.md.

Options:
  --dry-run   says what would happen, and changes nothing
  --share     numbers of this file that are another customer's too are shared: their owners are asked who is calling
  --help      shows this

The database is DATABASE_URL, from the environment or from .env at the repository root; default file:data/llc-phone.db.
A gateway may run on it meanwhile.

Examples:
  ./phone customers import customers.csv --dry-run
  ./phone customers calendar calendar.json`

const complain = (file: string, problems: readonly Problem[]): never => {
  const lines = problems.map(({ line, message }) => `${file}:${line}: ${message}`)
  throw new CommandFailed(`${lines.join('\n')}\nNothing was imported.`)
}

const read = <Result>(file: string, reading: (file: string) => Result): Result => {
  try {
    return reading(file)
  } catch (error) {
    throw error instanceof TextProblem ? new CommandFailed(`${file} ${error.message}.`) : error
  }
}

interface ImportOptions {
  readonly isDry: boolean
  readonly shares: boolean
}

const importCustomers = async (
  database: CustomerDatabase,
  file: string,
  { isDry, shares }: ImportOptions,
): Promise<string> => {
  const { rows, problems } = await readCustomerFile(read(file, readTextFile), [
    process.env['TWILIO_PHONE_NUMBER'] ?? '',
  ])
  if (problems.length > 0) complain(file, problems)
  const plan = await planImport(await readStored(database), rows, { shares })
  if (plan.problems.length > 0) complain(file, plan.problems)
  if (!isDry) await runImport(database, plan)
  return describeImport(file, plan, isDry)
}

const exportFile = async (database: CustomerDatabase, file: string | undefined): Promise<string> => {
  let text = ''
  let count = 0
  for await (const part of exportCustomers(database)) {
    text += part.text
    count += part.count
  }
  if (file === undefined) return text.trimEnd()
  await writeFile(file, text, { mode: 0o600 })
  return `${count} customers written to ${file}.`
}

const setCalendar = async (database: CustomerDatabase, file: string, isDry: boolean): Promise<string> => {
  let raw: unknown
  try {
    raw = JSON.parse(read(file, readTextFile))
  } catch (error) {
    if (error instanceof CommandFailed) throw error
    throw new CommandFailed(`${file} is not JSON: ${(error as Error).message}`)
  }
  const parsed = calendarSchema.safeParse(raw)
  if (!parsed.success) throw new CommandFailed(`${file}:\n${z.prettifyError(parsed.error)}\nNothing was changed.`)
  if (!isDry) await storeCalendar(database, parsed.data)
  const parts = Object.keys(parsed.data).join(', ') || 'nothing'
  return isDry ? `Would set ${parts}. Dry run: nothing was changed.` : `Set ${parts}.`
}

const run = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, 'dry-run': { type: 'boolean' }, share: { type: 'boolean' } },
    allowPositionals: true,
  })
  if (values.help) return console.log(asCalled(HELP))
  const [command, file, ...rest] = positionals
  const { 'dry-run': isDry = false, share: shares = false } = values
  const isKnown = command === 'import' || command === 'calendar' ? file !== undefined : command === 'export' && !isDry
  if (!isKnown || rest.length > 0 || (shares && command !== 'import')) throw new UsageError(HELP)
  read(fileURLToPath(new URL('../../../../.env', import.meta.url)), loadDotEnv)
  // Loaded late, so that the help text and mistakes in the command appear at once.
  const [{ openStore }, { openCustomers }, { customerDatabase }] = await Promise.all([
    import('@llc-phone/database'),
    import('../db/customers.ts'),
    import('../db/schema.ts'),
  ])
  const store = await openStore({ url: process.env['DATABASE_URL']?.trim() || 'file:data/llc-phone.db' })
  try {
    await openCustomers(store)
    const database = customerDatabase(store)
    if (command === 'export') console.log(await exportFile(database, file))
    else if (command === 'import') console.log(await importCustomers(database, file!, { isDry, shares }))
    else console.log(await setCalendar(database, file!, isDry))
  } finally {
    await store.close()
  }
}

runCommand(run, (error) => error instanceof GatewayError)
