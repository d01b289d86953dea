import { parseArgs } from 'node:util'
import { asCalled } from '@llc-phone/files'
import { loadDotEnv } from '../configuration/env.ts'
import { meantPort, runningOn } from '../processes/run-record.ts'
import { startInBackground } from '../processes/start-in-background.ts'
import { stopGateway } from '../processes/stop-gateway.ts'
import { CommandFailed, runCommand } from './admin-client.ts'

const HELP = `Usage: ./phone restart [--now]

Stops the gateway as ./phone stop does, makes sure that nobody holds the port, starts it in the background, and waits until it
takes calls. Nothing starts while somebody else holds the port: then they are named. Without a gateway it only starts one.
One that a service manager runs is restarted by that: systemctl restart llc-phone.

Options:
  --now    does not wait for live calls: their callers are handed on to the fallback
  --help   shows this

Examples:
  ./phone restart
  ./phone restart --now`

runCommand(async () => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' }, now: { type: 'boolean' } } })
  if (values.help) return console.log(asCalled(HELP))
  loadDotEnv()
  const port = meantPort()
  if (runningOn(port)?.kind === 'dev')
    throw new CommandFailed(
      'That is ./phone dev: it starts again when a file is saved. End it with Ctrl-C or ./phone stop.',
    )
  const say = (line: string): void => console.log(asCalled(line))
  const was = await stopGateway({ port, now: values.now ?? false, say })
  if (was) say('Stopped.')
  const { pid, log } = await startInBackground(port)
  say(`Started: process ${pid} takes calls. Its log is ${log}.`)
})
