import type { Part, Verdict } from '../part.ts'
import { renderTable } from '../render-table.ts'
import { chromiumPath } from './chromium.ts'
import type { ColdStart, ConsoleFigures } from './console-run.ts'

const MAX_PAINT_MS = 600
const MAX_USABLE_MS = 1_000
const MAX_SLOWED_PAINT_MS = 2_000
const MAX_SLOWED_USABLE_MS = 2_500
const LEAST_FRAMES = 58
const MAX_SLOWED_TASK_MS = 100
const MAX_MORE_HEAP_BYTES = 10_000_000

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!
const ms = (value: number): string => `${Math.round(value)} ms`
const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`

const rowsOf = ({ cold, coldSlowed, live, liveSlowed, hour }: ConsoleFigures): string[][] => {
  const times = (name: string, all: readonly ColdStart[], of: (one: ColdStart) => number): string[] => [
    name,
    ms(median(all.map(of))),
    ms(Math.min(...all.map(of))),
    ms(Math.max(...all.map(of))),
  ]
  const once = (name: string, text: string): string[] => [name, text, '', '']
  const tasks = (longTasksMs: readonly number[]): string =>
    longTasksMs.length === 0 ? '0' : `${longTasksMs.length}, the longest ${ms(Math.max(...longTasksMs))}`
  return [
    times('cold start: first paint', cold, ({ paintMs }) => paintMs),
    times('cold start: list of live calls', cold, ({ usableMs }) => usableMs),
    times('CPU slowed 4×, 390 px: first paint', coldSlowed, ({ paintMs }) => paintMs),
    times('CPU slowed 4×, 390 px: list of live calls', coldSlowed, ({ usableMs }) => usableMs),
    once('50 live calls, 20 events/s: frames/s', live.framesPerSecond.toFixed(1)),
    once('50 live calls, 20 events/s: tasks over 50 ms', tasks(live.longTasksMs)),
    once('50 live calls, 20 events/s: CPU for an event', `${live.eventCpuMs.toFixed(1)} ms`),
    once('CPU slowed 4×: frames/s', liveSlowed.framesPerSecond.toFixed(1)),
    once('CPU slowed 4×: tasks over 50 ms', tasks(liveSlowed.longTasksMs)),
    once('heap with 50 live calls', megabytes(hour.beforeBytes)),
    once('heap after an hour of them', megabytes(hour.afterBytes)),
    once('nodes of the page, before and after', `${hour.nodesBefore}, ${hour.nodesAfter}`),
  ]
}

const judge = ({ cold, coldSlowed, live, liveSlowed, hour }: ConsoleFigures): Verdict[] => {
  const start = (name: string, all: readonly ColdStart[], maxPaintMs: number, maxUsableMs: number): Verdict => {
    const [paint, usable] = [median(all.map(({ paintMs }) => paintMs)), median(all.map(({ usableMs }) => usableMs))]
    return {
      target: `${name}: painted within ${ms(maxPaintMs)}, usable within ${ms(maxUsableMs)}`,
      measured: `${ms(paint)}, ${ms(usable)}`,
      met: paint <= maxPaintMs && usable <= maxUsableMs,
    }
  }
  const slowest = Math.max(0, ...liveSlowed.longTasksMs)
  const more = hour.afterBytes - hour.beforeBytes
  return [
    start('cold start', cold, MAX_PAINT_MS, MAX_USABLE_MS),
    start('cold start, CPU slowed 4×, 390 px', coldSlowed, MAX_SLOWED_PAINT_MS, MAX_SLOWED_USABLE_MS),
    {
      target: `50 live calls, 20 events/s: no task over 50 ms, at least ${LEAST_FRAMES} frames/s`,
      measured: `${live.longTasksMs.length} tasks, ${live.framesPerSecond.toFixed(1)} frames/s`,
      met: live.longTasksMs.length === 0 && live.framesPerSecond >= LEAST_FRAMES,
    },
    {
      target: `the same with the CPU slowed 4×: no task over ${ms(MAX_SLOWED_TASK_MS)}`,
      measured: slowest === 0 ? 'none over 50 ms' : ms(slowest),
      met: slowest <= MAX_SLOWED_TASK_MS,
    },
    {
      target: `heap of the page after an hour of 50 calls: at most ${megabytes(MAX_MORE_HEAP_BYTES)} more`,
      measured: `${more < 0 ? '−' : '+'}${megabytes(Math.abs(more))}`,
      met: more <= MAX_MORE_HEAP_BYTES,
    },
  ]
}

export const part: Part = {
  name: 'console',
  describe:
    'the console in Chromium: cold starts, fifty live calls with twenty events a second, both also with the CPU slowed four ' +
    'times, and the heap after an hour of such calls, played quickly. Without a Chromium it is left out. Two minutes.',
  byDefault: true,
  numbers: [{ name: 'loads', describe: 'cold starts of each kind', usual: 9, quick: 3, most: 100 }],
  async run({ numberOf }) {
    const path = chromiumPath()
    if (path === undefined)
      return {
        result: undefined,
        text: 'NOTE    console: left out, there is no Chromium. apt-get install chromium, or set CHROMIUM_PATH.',
        verdicts: [],
      }
    console.error('console: in Chromium …')
    const { measureConsole } = await import('./console-run.ts')
    const result = await measureConsole(path, numberOf('loads'))
    return {
      result,
      text: renderTable(['', 'median', 'least', 'most'], rowsOf(result), 0).join('\n'),
      verdicts: judge(result),
    }
  },
}
