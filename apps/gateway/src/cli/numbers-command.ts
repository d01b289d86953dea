import { userInfo } from 'node:os'
import { parseArgs } from 'node:util'
import { asCalled } from '@llc-phone/files'
import { createAdminClient, REACHING, runCommand, UsageError } from './admin-client.ts'

const HELP = `Usage: ./phone numbers list
       ./phone numbers set NUMBER MODE
       ./phone numbers remove NUMBER

Says which number answers in which mode, and changes it while the gateway runs. NUMBER is in E.164 form (+14155550102), MODE
is the name of a mode instance in apps/gateway/gateway.config.ts. A change is stored, counts from the number's next call on,
and wins over gateway.config.ts until it is removed. Calls that are up keep their mode.

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
  config: 'gateway.config.ts',
  stored: 'set while running',
  unlisted: 'not listed',
}

const lineOf = ({ number, mode, source }: Answered): string => `${number}  ${mode}  (${SOURCES[source] ?? source})`

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
  throw new UsageError(HELP)
})
