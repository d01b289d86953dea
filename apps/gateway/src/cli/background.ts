import { parseArgs } from 'node:util'
import { GatewayError } from '@llc-phone/core'
import { pasteable, runCommand } from '@llc-phone/files'
import { loadDotEnv } from '../configuration/env.ts'
import { meantPort } from '../processes/run-record.ts'
import { startInBackground } from '../processes/start-in-background.ts'
import { ownAddress } from './admin-client.ts'

/** `./phone start --background`. */
runCommand(
  async () => {
    parseArgs({ options: { background: { type: 'boolean' } } })
    loadDotEnv()
    const { pid, log } = await startInBackground(meantPort())
    console.log(
      pasteable(
        `It takes calls: process ${pid}. Its console is ${ownAddress()}/console/, its log ${log} (./phone logs --follow); ./phone stop ends it.`,
      ),
    )
  },
  (error) => error instanceof GatewayError,
  'start',
)
