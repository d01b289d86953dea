import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { maskNumber } from '@llc-phone/core'
import { asCalled, EXIT, pasteable } from '@llc-phone/files'
import { readConfiguration } from '../configuration/configured.ts'
import { loadDotEnv, type Env } from '../configuration/env.ts'
import { proxyFetch } from '../configuration/proxy.ts'
import { runChecks } from '../doctor/checks.ts'
import { examineEnvironment } from '../doctor/doctor-environment.ts'
import { differenceText, findRepairs } from '../doctor/doctor-numbers.ts'
import { examine, processChecks } from '../doctor/doctor.ts'
import type { Finding } from '../doctor/finding.ts'
import { meantPort, runningOn } from '../processes/run-record.ts'
import { CommandFailed, runCommand, UsageError } from './admin-client.ts'

const HELP = `Usage: ./phone doctor [--fleet] [--json]
       ./phone doctor --fix [--yes]

Goes through everything that a call needs, from the environment to the public URL, and says of each what it found and what to
do: whether the gateway runs and who holds its port, its log, the settings in force, the database, a session with the model
server (one for each way in which numbers set theirs up), the account and the numbers at Twilio, the public URL with its
signature check and certificate, and the clock. It works beside ./phone start and ./phone dev, and when neither runs. It places
no call, costs no tokens and, without --fix, changes nothing. Ends with 0 when calls can work and 1 when something is wrong;
a warning alone is 0.

Options:
  --fleet  looks at all gateways on this database, too (names, secrets, versions, silence), and whether the proxy brings
           each what belongs to it: it sends a few requests for each to PUBLIC_URL
  --fix    has Twilio send calls to your numbers to PUBLIC_URL: shows what is set and what would be, and asks
  --yes    does not ask
  --json   findings as JSON
  --help   shows this

Examples:
  ./phone doctor
  ./phone doctor --json
  ./phone doctor --fleet
  ./phone doctor --fix`

const WORDS = { ok: 'ok    ', warning: 'warn  ', failed: 'FAILED' }
const NAME_WIDTH = 11

const print = ({ name, outcome, detail, action }: Finding): void => {
  console.log(`${WORDS[outcome]}  ${name.padEnd(NAME_WIDTH)}  ${asCalled(detail)}`)
  if (action !== undefined) console.log(`${' '.repeat(NAME_WIDTH + 8)}  → ${pasteable(action)}`)
}

const isSure = async (question: string): Promise<boolean> => {
  if (!process.stdin.isTTY) throw new UsageError('Nobody can be asked here. Add --yes to have it done.')
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await terminal.question(`${question} [y/N] `).finally(() => terminal.close())
  return /^y(?:es)?$/i.test(answer.trim())
}

const fix = async (env: Env, isAsked: boolean): Promise<void> => {
  const { numbers } = await readConfiguration(env)
  const repairs = await findRepairs(env, [...new Set([...numbers, env.TWILIO_PHONE_NUMBER])])
  if (repairs.length === 0) return console.log('Twilio sends calls to your numbers here: there is nothing to set.')
  for (const { number, differences } of repairs) {
    console.log(maskNumber(number))
    for (const difference of differences) console.log(`  ${differenceText(difference)}`)
  }
  if (isAsked && !(await isSure('Set this at Twilio?'))) return console.log('Nothing was changed.')
  for (const { number, run } of repairs) {
    // oxlint-disable-next-line no-await-in-loop -- what was done is known when one fails
    const left = await run()
    if (left.length > 0)
      throw new CommandFailed(`${maskNumber(number)} is still set otherwise: ${left.map(differenceText).join('; ')}.`)
    console.log(`${maskNumber(number)} is set.`)
  }
}

const run = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      json: { type: 'boolean' },
      fleet: { type: 'boolean', default: false },
      fix: { type: 'boolean' },
      yes: { type: 'boolean' },
    },
  })
  if (values.help) return console.log(asCalled(HELP))
  if (values.yes && !values.fix) throw new UsageError('--yes goes with --fix.')
  if (values.fleet && values.fix) throw new UsageError('--fleet and --fix do not go together.')
  if (values.json && values.fix) throw new UsageError('--json and --fix do not go together.')
  loadDotEnv()
  const mode = runningOn(meantPort())?.kind ?? 'start'
  const { env, findings: ofEnvironment } = examineEnvironment(process.env, mode)
  if (values.fix) {
    const wrong = ofEnvironment.find(({ outcome }) => outcome === 'failed')
    if (!env || wrong) throw new CommandFailed(`${wrong?.detail ?? 'The environment is wrong'}. ${wrong?.action ?? ''}`)
    const leaveProxy = proxyFetch(env)
    await fix(env, !values.yes).finally(() => leaveProxy?.())
    return undefined
  }
  const findings: Finding[] = []
  const tell = (finding: Finding): void => {
    findings.push(finding)
    if (!values.json) print(finding)
  }
  ofEnvironment.forEach(tell)
  const checks = env
    ? examine({ env, configured: () => readConfiguration(env), isFleet: values.fleet })
    : runChecks(processChecks(meantPort()))
  for await (const finding of checks) tell(finding)
  if (values.json) console.log(JSON.stringify(findings, undefined, 2))
  // Do not wait for sockets that are still closing.
  process.exit(findings.some(({ outcome }) => outcome === 'failed') ? EXIT.failed : EXIT.done)
}

runCommand(run)
