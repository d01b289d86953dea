import type { Verdict } from '../part.ts'
import { renderTable } from '../render-table.ts'
import type { Fuzz } from './fuzz-run.ts'

/** How much memory may remain in use, after garbage collection. */
const MAX_KEPT_BYTES = 10_000_000

/** A load that is later than this measures the machine, not the gateway. */
export const MAX_LATE_P99_MS = 50

const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`
const ms = (value: number): string => `${value.toFixed(2)} ms`
const number = (value: number): string => value.toLocaleString('en-US')

/** How much more the gateway keeps. */
export const keptBytes = ({ before, after }: Fuzz): number => after.retainedBytes - before.retainedBytes

/** Holds the figures against the targets. */
export const judgeFuzz = (fuzz: Fuzz): Verdict[] => {
  const { defects, internal, crashed, isReady, wrongCount, canary } = fuzz
  const { lost, reordered, altered } = canary.faults
  return [
    {
      target: 'hostile input: no crash, nothing thrown that nobody handled',
      measured: `${crashed ? 'crashed' : 'alive'}, ${defects} unhandled, ${internal} caught as internal, ${isReady ? 'takes calls' : 'takes no calls'}`,
      met: !crashed && defects === 0 && internal === 0 && isReady,
    },
    {
      target: 'hostile input: every request answered in time, none with a 5xx',
      measured: `${wrongCount} wrong of ${number(fuzz.requests)}`,
      met: wrongCount === 0,
    },
    {
      target: `hostile input: at most ${megabytes(MAX_KEPT_BYTES)} more in use afterwards`,
      measured: megabytes(keptBytes(fuzz)),
      met: !crashed && keptBytes(fuzz) <= MAX_KEPT_BYTES,
    },
    {
      target: 'hostile input: calls that behave are heard byte for byte and without a gap',
      measured: `${lost} / ${reordered} / ${altered} lost / reordered / altered of ${number(canary.framesToModel + canary.framesToCaller)}, ${canary.gaps} gaps (${ms(canary.longestGapMs)}), ${canary.brokenSockets} sockets broken`,
      met: lost === 0 && reordered === 0 && altered === 0 && canary.gaps === 0 && canary.brokenSockets === 0,
    },
  ]
}

/** A Markdown table of what was sent, and what was wrong. */
export const renderFuzz = (fuzz: Fuzz): string => {
  const { canary } = fuzz
  const statuses = Object.entries(fuzz.statuses).map(([status, count]) => `${status}: ${number(count)}`)
  const rows = [
    ['media frames, in calls', `${number(fuzz.frames)}, ${number(fuzz.calls)}`],
    ['model events, in sessions', `${number(fuzz.events)}, ${number(fuzz.sessions)}`],
    ['HTTP requests', number(fuzz.requests)],
    ['answers by status', statuses.join(', ')],
    [
      'memory in use before / after',
      `${megabytes(fuzz.before.retainedBytes)} / ${megabytes(fuzz.after.retainedBytes)}`,
    ],
    ['resident before / after', `${megabytes(fuzz.before.residentBytes)} / ${megabytes(fuzz.after.residentBytes)}`],
    ['canaries: caller → model p99', ms(canary.toModelMs.p99)],
    ['canaries: model → caller p99', ms(canary.toCallerMs.p99)],
    ['load generator late p99', ms(canary.lateMs.p99)],
  ]
  return [
    ...renderTable([`hostile input, seed ${fuzz.seed}`, ''], rows, 0),
    ...(canary.lateMs.p99 > MAX_LATE_P99_MS
      ? [`NOTE    fuzz: the machine was busy, the load came up to ${ms(canary.lateMs.p99)} late: measure again`]
      : []),
    ...fuzz.wrong.map((what) => `NOTE    ${what}`),
  ].join('\n')
}
