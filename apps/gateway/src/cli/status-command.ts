import { parseArgs } from 'node:util'
import { asCalled, EXIT, pasteable } from '@llc-phone/files'
import { loadDotEnv } from '../configuration/env.ts'
import {
  askCalls,
  askReady,
  askSettings,
  untilReady,
  type Answered,
  type SettingsTold,
} from '../processes/ask-gateway.ts'
import { meantPort, runningOn, type RunRecord } from '../processes/run-record.ts'
import { describePortHolder, portHolders } from '../watching/port-holder.ts'
import { ownAddress, runCommand, UsageError } from './admin-client.ts'

const HELP = `Usage: ./phone status [--wait SECONDS] [--json]

Says of the gateway of this folder and PORT: whether it runs and takes calls, its process, version and age, which version of the
settings is in force, how many calls are up, and where its console and its log are. Ends with 0 when it takes calls, 1 when it runs
and does not, 3 when none runs, 4 when somebody else holds the port.

Options:
  --wait SECONDS  waits so long for it to take calls
  --json          as JSON
  --help          shows this

Examples:
  ./phone status
  ./phone status --wait 30 && echo ready`

const ageOf = (startedAt: string): string => {
  const minutes = Math.floor((Date.now() - Date.parse(startedAt)) / 60_000)
  if (minutes < 1) return 'less than a minute'
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`
}

const STATES = { ready: 'takes calls', draining: 'is ending: takes no new calls', silent: 'does not answer yet' }

const NOT_KNOWN = 'not known: ADMIN_TOKEN is not that of the gateway'

const settingsText = (told: SettingsTold | undefined): string => {
  if (!told) return NOT_KNOWN
  if (told.isExample) return 'the example: ./phone settings new TEMPLATE begins yours'
  const from =
    { file: ', of the file that SETTINGS names', copy: ', from the copy beside the database' }[told.source] ?? ''
  return told.version === 0 ? 'of gateway.config.ts' : `version ${told.version ?? 'not stored yet'}${from}`
}

const textOf = (
  running: RunRecord,
  answered: Answered,
  calls: number | undefined,
  settings: SettingsTold | undefined,
): string => {
  const lacks = [
    answered.storage === 'unavailable' ? 'nothing can be stored' : '',
    answered.model === 'unavailable' ? 'the model server is out' : '',
    answered.room === 'full' ? 'there is no room for more calls' : '',
  ].filter(Boolean)
  const { pid, port, version, startedAt, kind, log } = running
  return [
    `The gateway ${STATES[answered.state]}${lacks.length > 0 ? `, but ${lacks.join(', and ')}` : ''}.`,
    `  process   ${pid} on port ${port}${kind === 'dev' ? ', of ./phone dev' : ''}`,
    `  version   ${version}`,
    `  runs for  ${ageOf(startedAt)}, since ${startedAt}`,
    `  settings  ${settingsText(settings)}`,
    `  calls     ${calls ?? NOT_KNOWN}`,
    `  console   ${ownAddress()}/console/`,
    `  log       ${log ?? 'its standard output'}`,
  ].join('\n')
}

runCommand(async () => {
  const { values } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, wait: { type: 'string' }, json: { type: 'boolean' } },
  })
  if (values.help) return console.log(asCalled(HELP))
  const { wait = '0' } = values
  if (!/^\d{1,5}$/.test(wait)) throw new UsageError(`--wait ${wait}: write seconds, like --wait 30.`)
  loadDotEnv()
  const port = meantPort()
  const answered = await (wait === '0' ? askReady(port) : untilReady(port, Number(wait) * 1_000, () => false))
  const running = runningOn(port)
  if (!running) {
    const isHeld = portHolders(port).length > 0
    process.exitCode = isHeld ? EXIT.portHeld : EXIT.notRunning
    if (values.json) return console.log(JSON.stringify({ running: false, port }))
    return console.log(
      pasteable(
        isHeld
          ? `No gateway of this folder runs, but port ${port} is held by ${describePortHolder(port)}.`
          : `No gateway of this folder runs on port ${port}. ./phone start starts it, ./phone dev one to try.`,
      ),
    )
  }
  const [calls, settings] = await Promise.all([askCalls(), askSettings()])
  if (answered.state !== 'ready') process.exitCode = EXIT.failed
  if (values.json)
    return console.log(JSON.stringify({ running: true, ...running, ...answered, settings, calls }, undefined, 2))
  console.log(asCalled(textOf(running, answered, calls, settings)))
})
