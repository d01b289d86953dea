// The gateway as a process of its own, with the fictional customers of development.
import { parseEnv, secretsOf } from '../../src/configuration/env.ts'
import { startGateway } from '../../src/gateway.ts'
import { createLog } from '../../src/watching/log.ts'

const env = parseEnv(process.env, { mode: 'dev' })
await startGateway(env, {
  log: createLog({ level: 'info', secrets: secretsOf(env) }),
  drainDeadlineMs: 0,
  demoData: true,
})
