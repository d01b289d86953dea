import { helpOf, parseOptions } from './options.ts'
import type { PartReport } from './part.ts'
import { loadParts } from './parts.ts'
import { describeMachine, type Machine } from './process/machine.ts'
import { isPinned } from './process/processes.ts'

/** When and on what the figures were measured. */
const describeRun = (machine: Machine, seconds: number): string =>
  `${machine.date} · ${machine.cores} cores (${machine.cpu}) · ${machine.memoryGiB} GiB · Node ${machine.node} · ${seconds} s each · ` +
  (machine.pinned ? 'relay on a core of its own' : 'relay and load share cores: delays are pessimistic')

const render = ({ text, verdicts }: PartReport): string =>
  [
    ...(text === '' ? [] : [text, '']),
    ...verdicts.map(({ target, measured, met }) => `${met ? 'met   ' : 'MISSED'}  ${target}: ${measured}`),
  ].join('\n')

const run = async (): Promise<number> => {
  const all = await loadParts()
  const options = parseOptions(all, process.argv.slice(2))
  if (options.help) {
    console.log(helpOf(all))
    return 0
  }
  if (process.platform !== 'linux')
    throw new Error('pnpm bench reads CPU time and memory from /proc, so it needs Linux.')
  const machine = describeMachine(isPinned)
  const { seconds, parts } = options
  if (!options.json) console.log(describeRun(machine, seconds))
  const reports = new Map<string, PartReport>()
  for (const part of parts) {
    const report = await part.run(options)
    reports.set(part.name, report)
    if (!options.json) console.log(`\n${render(report)}`)
  }
  const verdicts = [...reports.values()].flatMap((report) => report.verdicts)
  if (options.json) {
    const results = Object.fromEntries([...reports].map(([name, { result }]) => [name, result]))
    console.log(JSON.stringify({ machine, seconds, ...results, verdicts }, undefined, 2))
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
