import { parseArgs } from 'node:util'
import { asCalled } from '@llc-phone/files'
import { loadDotEnv } from '../configuration/env.ts'
import { meantPort } from '../processes/run-record.ts'
import { stopGateway } from '../processes/stop-gateway.ts'
import { NotRunning, runCommand } from './admin-client.ts'

const HELP = `Usage: ./phone stop [--now]

Ends the gateway of this folder and PORT in order: it takes no new calls, live ones finish (30 minutes at most), then the
process ends and the port is free. Said a second time, callers who are left hear a sentence and go to the fallback at once.
Ctrl-C ends only the waiting. A process of ours that was left on the port is named and ended; somebody else's is named, and stays.

Options:
  --now    hands callers on at once; a process that has not ended after 20 s is killed
  --help   shows this

Examples:
  ./phone stop
  ./phone stop --now`

runCommand(async () => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' }, now: { type: 'boolean' } } })
  if (values.help) return console.log(asCalled(HELP))
  loadDotEnv()
  const port = meantPort()
  const say = (line: string): void => console.log(asCalled(line))
  if (!(await stopGateway({ port, now: values.now ?? false, say })))
    throw new NotRunning(`No gateway of this folder runs on port ${port}.`)
  say('Stopped.')
})
