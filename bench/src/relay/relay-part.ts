import type { Options, Part } from '../part.ts'
import { judge, renderReport, type Pair } from './relay-report.ts'
import { measure, type Run } from './relay-run.ts'

const measureRelay = async (options: Options): Promise<{ readonly pairs: readonly Pair[]; readonly stalled: Run }> => {
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

export const part: Part = {
  name: 'relay',
  describe:
    'measures the gateway beside the least that can join the same two sockets (the floor): the same load, one after ' +
    'the other, each as its own process on a core of its own. Five minutes on an otherwise idle machine.',
  byDefault: true,
  async run(options) {
    const result = await measureRelay(options)
    const { pairs, stalled } = result
    return { result, text: renderReport(pairs), verdicts: judge(pairs, stalled) }
  },
}
