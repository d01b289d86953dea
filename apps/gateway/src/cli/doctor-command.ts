import { parseArgs } from 'node:util'
import { GatewayError } from '@llc-phone/core'
import { asCalled, runCommand } from '@llc-phone/files'
import { parseEnv, loadDotEnv } from '../configuration/env.ts'
import { examine } from '../doctor/doctor.ts'
import type { Finding } from '../doctor/finding.ts'

const HELP = `Usage: ./phone doctor [--json]

Looks whether this gateway could take real calls: settings, runtime, database, recorded phrases, the model server (opens a
session for each way in which numbers set theirs up, closes it, and shows what is sent), Twilio's credentials, the public URL
and the signature check on it. Places no call and costs no tokens.
Start the gateway first (./phone start), or the checks of the public URL fail. For ./phone dev nothing need be set.

Options:
  --json   findings as JSON
  --help   shows this

Examples:
  ./phone doctor
  ./phone doctor --json`

const print = ({ name, outcome, detail }: Finding): void =>
  console.log(`${{ ok: 'ok    ', warning: 'warn  ', failed: 'FAILED' }[outcome]}  ${name.padEnd(10)}  ${detail}`)

const run = async (): Promise<void> => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } } })
  if (values.help) return console.log(asCalled(HELP))
  loadDotEnv()
  const env = parseEnv(process.env, { mode: 'start' })
  const findings: Finding[] = []
  for await (const finding of examine(env)) {
    findings.push(finding)
    if (!values.json) print(finding)
  }
  if (values.json) console.log(JSON.stringify(findings, undefined, 2))
  // Do not wait for sockets that are still closing.
  process.exit(findings.some(({ outcome }) => outcome === 'failed') ? 1 : 0)
}

runCommand(run, (error) => {
  if (!(error instanceof GatewayError)) return false
  if (error.code === 'config_invalid')
    error.message += '\nThis is what real calls need. ./phone dev runs without: what is missing is simulated.'
  return true
})
