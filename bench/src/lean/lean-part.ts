import type { Part } from '../part.ts'
import { gatewayProgram } from '../process/processes.ts'
import { renderTable } from '../render-table.ts'
import { startOnce, type Start } from './start-once.ts'

const MAX_READY_MS = 1_000
const MAX_IDLE_BYTES = 110_000_000

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!

const ms = (value: number): string => `${Math.round(value)} ms`
const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`

export const part: Part = {
  name: 'lean',
  describe:
    'starts the gateway as pnpm start does, with everything switched on and no call: how long until it is ready, and how ' +
    'much memory it takes. Half a minute.',
  byDefault: true,
  numbers: [{ name: 'starts', describe: 'how often it is started', usual: 5, quick: 3, most: 100 }],
  async run({ numberOf }) {
    gatewayProgram()
    const starts: Start[] = []
    for (let count = 0; count < numberOf('starts'); count++) {
      console.error(`start ${count + 1} …`)
      starts.push(await startOnce())
    }
    const of = (figure: (start: Start) => number) => {
      const all = starts.map(figure)
      return { median: median(all), least: Math.min(...all), most: Math.max(...all) }
    }
    const [ready, cpu, idle] = [
      of(({ readyMs }) => readyMs),
      of(({ cpuMs }) => cpuMs),
      of(({ idleBytes }) => idleBytes),
    ]
    const row = (name: string, figures: typeof ready, show: (value: number) => string): string[] => [
      name,
      show(figures.median),
      show(figures.least),
      show(figures.most),
    ]
    return {
      result: { starts },
      text: renderTable(
        ['', 'median', 'least', 'most'],
        [row('start → /readyz', ready, ms), row('CPU by then', cpu, ms), row('memory, idle', idle, megabytes)],
        0,
      ).join('\n'),
      verdicts: [
        {
          target: `start → /readyz at most ${ms(MAX_READY_MS)}`,
          measured: ms(ready.median),
          met: ready.median <= MAX_READY_MS,
        },
        {
          target: `idle process at most ${megabytes(MAX_IDLE_BYTES)}`,
          measured: megabytes(idle.median),
          met: idle.median <= MAX_IDLE_BYTES,
        },
      ],
    }
  },
}
