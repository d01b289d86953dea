// The gateway as a process of its own, with the fictional customers of development. With SLOW_BOOKING, a booking that is made
// is answered seconds later, so that the process can be killed in between.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Mode, ModeKind } from '@llc-phone/core'
import { configureGateway } from '../../gateway.config.ts'
import { parseEnv, secretsOf } from '../../src/configuration/env.ts'
import { startGateway } from '../../src/gateway.ts'
import { createLog } from '../../src/watching/log.ts'

const env = parseEnv(process.env, { mode: 'dev' })

const withSlowBooking = (mode: Mode): Mode => ({
  ...mode,
  tools: mode.tools.map((tool) => ({
    ...tool,
    async invoke(argumentsJson, context) {
      const result = await tool.invoke(argumentsJson, context)
      if (tool.name === 'book_appointment') {
        process.stdout.write('the booking is made\n')
        await sleep(8_000)
      }
      return result
    },
  })),
})

await startGateway(env, {
  log: createLog({ level: 'info', secrets: secretsOf(env) }),
  drainDeadlineMs: 0,
  demoData: true,
  async configure(options) {
    const configured = await configureGateway(options)
    if (!process.env.SLOW_BOOKING) return configured
    const kinds = configured.kinds.map((kind): ModeKind => ({
      ...kind,
      make: (...given) => withSlowBooking(kind.make(...given)),
    }))
    return { ...configured, kinds }
  },
})
