import { userInfo } from 'node:os'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { asCalled, readTextFile, TextProblem } from '@llc-phone/files'
import {
  CommandFailed,
  createAdminClient,
  REACHING,
  Refused,
  runCommand,
  UsageError,
  type AdminClient,
} from './admin-client.ts'

const HELP = `Usage: ./phone do-not-call list
       ./phone do-not-call add NUMBER [--reason TEXT]
       ./phone do-not-call remove NUMBER
       ./phone do-not-call import FILE
       ./phone do-not-call export > FILE

Numbers that are never called. NUMBER is in E.164 form (+14155550120). A change counts at once, also for calls that are
about to be dialled. Who asks during a call not to be called again is added by the assistant.

FILE is CSV, in UTF-8, UTF-16 or Windows-1252, with commas, semicolons or tabs: the number first and, if there is one, the
reason second; or with a first line that names the columns, as export writes it. Nothing is imported when a line is wrong; all
wrong lines are named.

Options:
  --reason TEXT  why, for whoever reads the list
${REACHING}

Examples:
  ./phone do-not-call add +14155550120 --reason "asked by letter"
  ./phone do-not-call export > list.csv`

interface Entry {
  readonly number: string
  readonly reason?: string
  readonly source: string
  readonly addedAt: string
}

const PAGE = 1_000
/** Time limit for sending or fetching a whole list. */
const FILE_TIMEOUT_MS = 120_000

const lineOf = ({ number, reason, source, addedAt }: Entry): string =>
  [number, addedAt.slice(0, 10), source, reason ?? ''].join('  ').trimEnd()

const list = async (gateway: AdminClient): Promise<void> => {
  let after = ''
  for (let page = 1; ; page++) {
    // oxlint-disable-next-line no-await-in-loop -- a page begins where the one before ended
    const answer = await gateway.json({ path: `/do-not-call?reveal=true&limit=${PAGE}${after}` })
    const { entries, next } = answer as { entries: Entry[]; next?: string }
    if (entries.length > 0) console.log(entries.map(lineOf).join('\n'))
    else if (page === 1) console.log('The do-not-call list is empty.')
    if (next === undefined) return
    after = `&after=${encodeURIComponent(next)}`
  }
}

const listIn = (file: string): string => {
  try {
    return readTextFile(file)
  } catch (error) {
    throw error instanceof TextProblem ? new CommandFailed(`${file} ${error.message}.`) : error
  }
}

const importFile = async (gateway: AdminClient, file: string): Promise<void> => {
  const body = listIn(file)
  try {
    const answer = await gateway.json({
      method: 'POST',
      path: '/do-not-call',
      headers: { 'content-type': 'text/csv; charset=utf-8' },
      body,
      timeoutMs: FILE_TIMEOUT_MS,
    })
    const { added, known } = answer as { added: number; known: number }
    console.log(`${added} added, ${known} on the list already.`)
  } catch (error) {
    if (!(error instanceof Refused) || error.lines.length === 0) throw error
    throw new CommandFailed(
      ['Nothing was imported:', ...error.lines.map(({ line, problem }) => `  line ${line}: ${problem}`)].join('\n'),
    )
  }
}

runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, url: { type: 'string' }, reason: { type: 'string' } },
    allowPositionals: true,
  })
  if (values.help) return console.log(asCalled(HELP))
  const [command, operand, ...rest] = positionals
  const gateway = createAdminClient(values.url)
  if (rest.length > 0) throw new UsageError(HELP)
  if (command === 'list' && operand === undefined) return list(gateway)
  if (command === 'export' && operand === undefined) {
    const { body } = await gateway.send({
      path: '/do-not-call?reveal=true',
      headers: { accept: 'text/csv' },
      timeoutMs: FILE_TIMEOUT_MS,
    })
    if (body) await pipeline(body, process.stdout)
    return
  }
  if (operand === undefined) throw new UsageError(HELP)
  const path = `/do-not-call/${encodeURIComponent(operand)}`
  switch (command) {
    case 'add': {
      const body = { source: 'cli', ...(values.reason === undefined ? {} : { reason: values.reason }) }
      return console.log(lineOf((await gateway.json({ method: 'PUT', path, body })) as Entry))
    }
    case 'remove':
      await gateway.json({ method: 'DELETE', path: `${path}?by=${encodeURIComponent(userInfo().username)}` })
      return console.log(`${operand} may be called again.`)
    case 'import':
      return importFile(gateway, operand)
    default:
      throw new UsageError(HELP)
  }
})
