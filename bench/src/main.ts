import { measureFirstFrames } from './first-frame.ts'
import { measureHold } from './hold.ts'
import { describeMachine } from './machine.ts'
import { HELP, parseOptions, type Options } from './options.ts'
import { judgeOutbound, renderOutbound, type Outbound } from './outbound-report.ts'
import { isPinned } from './processes.ts'
import { describeRun, judge, renderReport, type Pair, type Verdict } from './report.ts'
import { measure, type Run } from './run.ts'

interface Relay {
  readonly pairs: readonly Pair[]
  readonly stalled: Run
}

const measureRelay = async (options: Options): Promise<Relay> => {
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
  return { pairs, stalled: await measure('stalled', { ...options, calls }) }
}

const measureOutbound = async ({ calls, seconds, pickups }: Options): Promise<Outbound> => ({
  firstFrames: await measureFirstFrames(pickups),
  hold: await measureHold(Math.max(...calls), seconds),
})

const run = async (): Promise<number> => {
  const options = parseOptions(process.argv.slice(2))
  if (options.help) {
    console.log(HELP)
    return 0
  }
  if (process.platform !== 'linux')
    throw new Error('pnpm bench reads CPU time and memory from /proc, so it needs Linux.')
  const relay = options.parts.includes('relay') ? await measureRelay(options) : undefined
  const outbound = options.parts.includes('outbound') ? await measureOutbound(options) : undefined
  const machine = describeMachine(isPinned)
  const { seconds } = options
  const verdicts: Verdict[] = [
    ...(relay ? judge(relay.pairs, relay.stalled) : []),
    ...(outbound ? judgeOutbound(outbound) : []),
  ]
  if (options.json) console.log(JSON.stringify({ machine, seconds, ...relay, outbound, verdicts }, undefined, 2))
  else {
    console.log(`${describeRun(machine, seconds)}\n`)
    if (relay) console.log(`${renderReport(relay.pairs, relay.stalled)}\n`)
    if (outbound) console.log(renderOutbound(outbound))
  }
  return verdicts.every(({ met }) => met) ? 0 : 1
}

run().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(2)
  },
)
