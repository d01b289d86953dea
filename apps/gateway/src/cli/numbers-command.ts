import { userInfo } from 'node:os'
import { parseArgs } from 'node:util'
import { asCalled } from '@llc-phone/files'
import { createAdminClient, REACHING, runCommand, UsageError } from './admin-client.ts'

const HELP = `Usage: ./phone numbers list
       ./phone numbers set NUMBER MODE
       ./phone numbers remove NUMBER
       ./phone numbers history NUMBER

Says which number answers in which mode, and changes it while the gateway runs. NUMBER is in E.164 form (+14155550102), MODE
is the name of a mode instance in the settings (./phone settings show). A change is stored, counts from the number's next call
on, and wins over the settings until it is removed. Calls that are up keep their mode. history says who has moved a number,
and when; the latest first.

Options:
${REACHING}

Examples:
  ./phone numbers list
  ./phone numbers set +14155550102 receptionist`

interface Answered {
  readonly number: string
  readonly mode: string
  readonly source: string
}

const SOURCES: Readonly<Record<string, string>> = {
  settings: 'by the settings',
  stored: 'set while running',
  unlisted: 'not listed',
}

const lineOf = ({ number, mode, source }: Answered): string => `${number}  ${mode}  (${SOURCES[source] ?? source})`

interface Change {
  readonly mode: string | null
  readonly previousMode: string | null
  readonly changedBy: string
  readonly changedAt: string
}

/** Null is what the configuration says. */
const changeLine = ({ mode, previousMode, changedBy, changedAt }: Change): string =>
  `${changedAt.slice(0, 16).replace('T', ' ')}  ${previousMode ?? 'as configured'} → ${mode ?? 'as configured'}  ${changedBy}`

runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, url: { type: 'string' } },
    allowPositionals: true,
  })
  if (values.help) return console.log(asCalled(HELP))
  const [command, number, mode, ...rest] = positionals
  const gateway = createAdminClient(values.url)
  const path = `/numbers/${encodeURIComponent(number ?? '')}`
  const by = userInfo().username
  const given = positionals.length
  if (command === 'list' && given === 1) {
    const { numbers } = (await gateway.json({ path: '/numbers' })) as { numbers: Answered[] }
    return console.log(numbers.map(lineOf).join('\n') || 'No number is listed; every one gets the unknown mode.')
  }
  if (command === 'set' && given === 3 && rest.length === 0)
    return console.log(lineOf((await gateway.json({ method: 'PUT', path, body: { mode, by } })) as Answered))
  if (command === 'remove' && given === 2) {
    const removed = await gateway.json({ method: 'DELETE', path: `${path}?by=${encodeURIComponent(by)}` })
    return console.log(lineOf(removed as Answered))
  }
  if (command === 'history' && given === 2) {
    const { changes } = (await gateway.json({ path: `${path}/history` })) as { changes: Change[] }
    return console.log(changes.map(changeLine).join('\n') || 'Nobody has moved this number while the gateway ran.')
  }
  throw new UsageError(HELP)
})
