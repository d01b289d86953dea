import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { parseArgs, promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import {
  differencesIn,
  formatLog,
  GatewayError,
  parseLog,
  redecided,
  replay,
  shareableLog,
  type EventLog,
} from '@llc-phone/core'
import { asCalled, runCommand, UsageError } from '@llc-phone/files'
import { differenceText, stepText } from './replay-text.ts'

const HELP = `Usage: ./phone replay CALL_ID|FILE [--all]
       ./phone replay CALL_ID|FILE --check
       ./phone replay CALL_ID|FILE --export FILE
       ./phone replay FILE --accept

Steps through the log of a call: each event with its time, what it changed in the state of the call, and what was done about
it. CALL_ID is ours or the carrier's, of a call that has ended; its log is read from the database that DATABASE_URL names (a
gateway may be running). FILE is one that --export has written. What is printed has no keys and no whole numbers.

Options:
  --all          everything at once; without it Enter shows the next event, a all that are left, q ends
  --check        says where the code of today decides otherwise than was decided in the call; ends with 1 if it does
  --export FILE  writes the log as it may be given to anybody: other numbers, names and ids, no words. Put into
                 packages/core/test/call/field-logs it is a test
  --accept       writes into FILE what is decided today, when --check has shown that it is meant
  --help         shows this

Examples:
  ./phone replay CA1234 --all
  ./phone replay call.json --check`

const MAX_SHOWN = 10
const DEFAULT_URL = 'file:data/llc-phone.db'

const isFile = (name: string): boolean => /[/\\]|\.json$/.test(name) || existsSync(name)

const readLog = async (name: string): Promise<EventLog> => {
  if (isFile(name)) {
    const text = await readFile(name, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      throw new GatewayError('log_invalid', `${name} cannot be read: ${cause.code ?? cause.message}.`)
    })
    return parseLog(text)
  }
  // Loaded late: reading a file does not need the database's drivers.
  const [{ readEvents }, { loadDotEnv }] = await Promise.all([
    import('@llc-phone/database'),
    import('../configuration/env.ts'),
  ])
  loadDotEnv()
  const { gzip } = await readEvents(process.env['DATABASE_URL']?.trim() || DEFAULT_URL, name)
  const text = await promisify(gunzip)(Buffer.from(gzip, 'base64')).catch((cause: unknown) => {
    throw new GatewayError('log_invalid', `The log of the call ${name} is damaged.`, { cause })
  })
  return parseLog(text.toString())
}

const isCut = (log: EventLog): string =>
  `The log ends with event ${log.entries.length}, because it was full: the call went on.`

const check = (log: EventLog): void => {
  const differences = differencesIn(log)
  const [first] = differences
  if (first) {
    const count = differences.length === 1 ? 'One event' : `${differences.length} events`
    console.log(
      [
        `${count} of ${log.entries.length} would be decided otherwise today, the first is event ${first.number}:`,
        ...differences.slice(0, MAX_SHOWN).map(differenceText),
        ...(differences.length > MAX_SHOWN ? [`      … and ${differences.length - MAX_SHOWN} more`] : []),
      ].join('\n'),
    )
    process.exitCode = 1
  } else console.log(`${log.entries.length} events, decided as they would be today.`)
  if (log.truncated) throw new GatewayError('log_truncated', `${isCut(log)} What came then cannot be checked.`)
}

const show = async (log: EventLog, all: boolean): Promise<void> => {
  const asks = !all && process.stdin.isTTY && process.stdout.isTTY
  const reader = asks ? createInterface({ input: process.stdin, output: process.stdout }) : undefined
  let isAsking = asks
  try {
    for (const step of replay(log)) {
      console.log(stepText(step))
      if (!reader || !isAsking || step.number === log.entries.length) continue
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const wish = (await reader.question('')).trim()
      if (wish === 'q') return
      isAsking = wish !== 'a'
    }
    if (log.truncated) console.log(isCut(log))
  } finally {
    reader?.close()
  }
}

const run = async (): Promise<void> => {
  const { values, positionals } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      all: { type: 'boolean' },
      check: { type: 'boolean' },
      export: { type: 'string' },
      accept: { type: 'boolean' },
    },
    allowPositionals: true,
  })
  if (values.help) return console.log(asCalled(HELP))
  const [name] = positionals
  if (name === undefined || positionals.length > 1)
    throw new UsageError('Name one call, by its id or as a file. ./phone replay --help tells more.')
  const log = await readLog(name)
  if (values.export !== undefined) {
    const shared = shareableLog(log)
    if (differencesIn(shared).length !== differencesIn(log).length)
      throw new GatewayError(
        'internal',
        'Without its words the log replays to other decisions: a field of ours is masked.',
      )
    await writeFile(values.export, formatLog(shared), { flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
      throw new GatewayError('request_invalid', `${values.export} cannot be written: ${cause.code ?? cause.message}.`)
    })
    return console.log(`${values.export}: ${log.entries.length} events`)
  }
  if (values.accept) {
    if (!isFile(name)) throw new UsageError('The decisions of a stored call cannot be rewritten. Name a file.')
    await writeFile(name, formatLog(redecided(log)))
    return console.log(`${name}: ${differencesIn(log).length} of ${log.entries.length} events changed`)
  }
  return values.check ? check(log) : show(log, values.all ?? false)
}

runCommand(run, (error) => {
  if (!(error instanceof GatewayError)) return false
  error.message = `${error.code}: ${error.message}`
  return true
})
