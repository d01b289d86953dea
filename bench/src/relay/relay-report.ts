import type { Verdict } from '../part.ts'
import { MAX_OTHERS_SHARE } from '../process/watch-cpu.ts'
import { renderTable } from '../render-table.ts'
import { MAX_LATE_P99_MS, type Run } from './relay-run.ts'

/** The gateway and the floor under the same load. */
export interface Pair {
  readonly calls: number
  readonly gateway: Run
  readonly floor: Run
}

const MAX_CPU_RATIO = 1.1
const MAX_ADDED_P99_MS = 2
/** The delays are compared at this many calls: with more of them one core has no time left, with fewer it says little. */
const ADDED_AT_CALLS = 200
const MAX_RELAY_P99_MS = 10
const MAX_BYTES_PER_CALL = 500_000
const MAX_PROCESS_BYTES = 150_000_000
/** So many calls fit into it. */
const CALLS_IN_PROCESS = 200
const MAX_GREETING_P99_MS = 20

const ms = (value: number): string => `${value.toFixed(2)} ms`
const kilobytes = (bytes: number): string => `${Math.round(bytes / 1_000)} kB`
/** A process that has just started has garbage to give back, which would hide what calls need: the larger growth counts. */
const bytesPerCall = ({ idle, loaded, calls }: Run): number =>
  Math.max(loaded.residentBytes - idle.residentBytes, loaded.retainedBytes - idle.retainedBytes) / calls
const megabytes = (bytes: number): string => `${Math.round(bytes / 1_000_000)} MB`
const faultsOf = ({ faults: { lost, reordered, altered }, brokenSockets }: Run): string =>
  `${lost} / ${reordered} / ${altered}${brokenSockets > 0 ? `, ${brokenSockets} sockets broken` : ''}`
const isWhole = ({ faults: { lost, reordered, altered }, brokenSockets }: Run): boolean =>
  lost === 0 && reordered === 0 && altered === 0 && brokenSockets === 0

/** Holds the figures against the targets. */
export const judge = (pairs: readonly Pair[], stalled: Run): Verdict[] => [
  ...pairs.flatMap(judgePair),
  ...pairs.filter(({ calls }) => calls === stalled.calls).map(({ gateway }) => judgeStalled(gateway, stalled)),
]

/** A disk that takes two seconds for every write must not be audible. */
const judgeStalled = (gateway: Run, stalled: Run): Verdict => {
  const usual = Math.max(gateway.toModelMs.p99, gateway.toCallerMs.p99)
  const slowest = Math.max(stalled.toModelMs.p99, stalled.toCallerMs.p99)
  return {
    target: `${stalled.calls} calls, every write to disk delayed 2 s: relay delay as without`,
    measured: `p50 ${ms(stalled.toModelMs.p50)} and p99 ${ms(slowest)}, without p50 ${ms(gateway.toModelMs.p50)} and p99 ${ms(usual)}`,
    met: isWhole(stalled) && slowest <= Math.max(2 * usual, MAX_RELAY_P99_MS),
  }
}

const judgePair = ({ calls, gateway, floor }: Pair): Verdict[] => {
  const ratio = gateway.cpuMsPerCallMinute / floor.cpuMsPerCallMinute
  const slowest = Math.max(gateway.toModelMs.p99, gateway.toCallerMs.p99)
  const floorSlowest = Math.max(floor.toModelMs.p99, floor.toCallerMs.p99)
  return [
    {
      target: `${calls} calls: CPU per call-minute at most ${MAX_CPU_RATIO} × the floor`,
      measured: `${ratio.toFixed(2)} ×`,
      met: ratio <= MAX_CPU_RATIO,
    },
    ...(calls === ADDED_AT_CALLS
      ? [
          {
            target: `${calls} calls: relay delay p99 at most ${MAX_ADDED_P99_MS} ms over the floor's`,
            measured: ms(slowest - floorSlowest),
            met: slowest <= floorSlowest + MAX_ADDED_P99_MS,
          },
        ]
      : []),
    {
      target: `${calls} calls: relay delay p99 at most ${MAX_RELAY_P99_MS} ms both ways`,
      measured: `${ms(slowest)} (floor ${ms(floorSlowest)})`,
      met: slowest <= MAX_RELAY_P99_MS,
    },
    {
      target: `${calls} calls: memory per call at most ${kilobytes(MAX_BYTES_PER_CALL)}`,
      measured: kilobytes(bytesPerCall(gateway)),
      met: bytesPerCall(gateway) <= MAX_BYTES_PER_CALL,
    },
    ...(calls > CALLS_IN_PROCESS
      ? []
      : [
          {
            target: `${calls} calls: the process at most ${megabytes(MAX_PROCESS_BYTES)}`,
            measured: megabytes(gateway.loaded.residentBytes),
            met: gateway.loaded.residentBytes <= MAX_PROCESS_BYTES,
          },
        ]),
    {
      target: `${calls} calls: no frame lost, reordered or altered`,
      measured: `${faultsOf(gateway)} of ${gateway.framesToModel + gateway.framesToCaller}`,
      met: isWhole(gateway),
    },
    {
      target: `${calls} calls: first greeting frame p99 at most ${MAX_GREETING_P99_MS} ms after media start`,
      measured: `${ms(gateway.greetingMs.p99)} (${gateway.greetingMs.count} greetings were ready)`,
      met: gateway.greetingMs.count > 0 && gateway.greetingMs.p99 <= MAX_GREETING_P99_MS,
    },
  ]
}

const rowsOf = ({ calls, gateway, floor }: Pair): string[][] => {
  const row = (name: string, of: (run: Run) => number, show: (value: number) => string): string[] => [
    String(calls),
    name,
    show(of(gateway)),
    show(of(floor)),
    `${(of(gateway) / of(floor)).toFixed(2)} ×`,
  ]
  return [
    row('CPU per call-minute', (run) => run.cpuMsPerCallMinute, ms),
    row('the same of the first seconds', (run) => run.firstCpuMsPerCallMinute, ms),
    row(
      'share of one core',
      (run) => run.coreShare,
      (share) => `${(share * 100).toFixed(1)} %`,
    ),
    row('caller → model p50', (run) => run.toModelMs.p50, ms),
    row('caller → model p99', (run) => run.toModelMs.p99, ms),
    row('model → caller p50', (run) => run.toCallerMs.p50, ms),
    row('model → caller p99', (run) => run.toCallerMs.p99, ms),
    row('first greeting frame p50', (run) => run.greetingMs.p50, ms),
    row('first greeting frame p99', (run) => run.greetingMs.p99, ms),
    row('memory per call', bytesPerCall, kilobytes),
    row('process with all calls', (run) => run.loaded.residentBytes, megabytes),
    row('process without calls', (run) => run.idle.residentBytes, megabytes),
    row('load generator late p99', (run) => run.lateMs.p99, ms),
    [String(calls), 'lost / reordered / altered', faultsOf(gateway), faultsOf(floor), ''],
  ]
}

const warningsOf = ({ calls, gateway, floor }: Pair): string[] =>
  [floor, gateway].flatMap(({ subject, lateMs, othersShare, faults }) => [
    ...(othersShare > MAX_OTHERS_SHARE
      ? [
          `NOTE    ${calls} calls, ${subject}: other programs used ${Math.round(othersShare * 100)} % of a core: measure again`,
        ]
      : []),
    ...(lateMs.p99 > MAX_LATE_P99_MS
      ? [
          `NOTE    ${calls} calls, ${subject}: the machine was busy, the load came up to ${ms(lateMs.p99)} late: measure again`,
        ]
      : []),
    ...(faults.added > 0
      ? [
          `NOTE    ${calls} calls, ${subject}: the callers fell behind ${faults.added} times and were filled with silence`,
        ]
      : []),
  ])

const HEAD = ['calls', '', 'gateway', 'floor', 'ratio']

/** One Markdown table, and what disturbed the measurement. */
export const renderReport = (pairs: readonly Pair[]): string => {
  const warnings = pairs.flatMap(warningsOf)
  return [...renderTable(HEAD, pairs.flatMap(rowsOf)), ...(warnings.length > 0 ? ['', ...warnings] : [])].join('\n')
}
