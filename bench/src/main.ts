import { describeMachine } from './machine.ts'
import { HELP, parseOptions } from './options.ts'
import { judge, renderReport, type Pair } from './report.ts'
import { isPinned } from './processes.ts'
import { measure } from './run.ts'

const run = async (): Promise<number> => {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) {
    console.log(HELP)
    return 0
  }
  if (process.platform !== 'linux')
    throw new Error('pnpm bench reads CPU time and memory from /proc, so it needs Linux.')
  const pairs: Pair[] = []
  for (const calls of options.calls) {
    console.error(`${calls} calls: the floor …`)
    const floor = await measure('floor', { ...options, calls })
    console.error(`${calls} calls: the gateway …`)
    const gateway = await measure('gateway', { ...options, calls })
    pairs.push({ calls, gateway, floor })
  }
  const calls = Math.min(...options.calls)
  console.error(`${calls} calls: the gateway on a stalled disk …`)
  const stalled = await measure('stalled', { ...options, calls })
  const machine = describeMachine(isPinned)
  const verdicts = judge(pairs, stalled)
  console.log(
    options.json
      ? JSON.stringify({ machine, seconds: options.seconds, pairs, stalled, verdicts }, undefined, 2)
      : renderReport(machine, options.seconds, pairs, stalled),
  )
  return verdicts.every(({ met }) => met) ? 0 : 1
}

run().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(2)
  },
)
