import { MAX_FIRST_FRAME_LATE_P99_MS, type FirstFrame, type FirstFrameRun } from './first-frame.ts'
import { MAX_HOLD_LATE_P99_MS, type Hold } from './hold.ts'
import { renderTable } from '../render-table.ts'
import type { Verdict } from '../part.ts'
import { MAX_OTHERS_SHARE } from '../process/watch-cpu.ts'

/** Everything that is measured about calls we place. */
export interface Outbound {
  readonly firstFrames: readonly FirstFrame[]
  readonly hold: Hold
}

/** Pre-warmed, whoever picks up waits for no more than the model takes to reply, and this. */
const MAX_OVER_REPLY_MS = 30
/** What has been compiled meanwhile, and the stories of calls, which are kept for ten minutes. */
const MAX_KEPT_BYTES = 20_000_000

const ms = (value: number): string => `${value.toFixed(1)} ms`
const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`
const keptBytes = ({ idle, after }: Hold): number => after.retainedBytes - idle.retainedBytes

const wentWrong = ({ calls, silent, problems }: FirstFrameRun): boolean =>
  calls === 0 || silent > 0 || problems.length > 0

const judgeFirstFrame = ({ startUpMs, warm, cold }: FirstFrame): Verdict => {
  const slowest = Math.max(warm.greetedMs.p99, warm.answeredMs.p99)
  const { calls, dialledWarm, silent } = warm
  return {
    target: `model starts in ${startUpMs} ms: pre-warmed, first frame p99 at most ${MAX_OVER_REPLY_MS} ms over the model's own reply`,
    measured:
      `greeting ${ms(warm.greetedMs.p99)}, answer ${ms(warm.answeredMs.p99)}; ` +
      `${dialledWarm} of ${calls} dialled warm, ${silent + cold.silent} silent`,
    met:
      slowest <= MAX_OVER_REPLY_MS &&
      dialledWarm === calls &&
      cold.dialledWarm === 0 &&
      !wentWrong(warm) &&
      !wentWrong(cold),
  }
}

const judgeHold = (hold: Hold): Verdict[] => {
  const { asked, placed, rungTwice, heldAtOnce, leakedSessions, openAtEnd, leakedMedia, outlivedMs, wanted } = hold
  return [
    {
      target: `${wanted} outbound calls held at once, every call placed once`,
      measured: `${heldAtOnce} held, ${placed} of ${asked} placed, ${rungTwice} twice`,
      met: heldAtOnce === wanted && placed === asked && rungTwice === 0 && hold.problems.length === 0,
    },
    {
      target: `${wanted} outbound calls: no model session outlives its call by 5 s`,
      measured: `longest ${ms(outlivedMs.max)}, ${leakedSessions} leaked, ${openAtEnd} open in the end`,
      met: leakedSessions === 0 && openAtEnd === 0,
    },
    {
      target: `${wanted} outbound calls: no media socket left`,
      measured: String(leakedMedia),
      met: leakedMedia === 0,
    },
    {
      target: `${wanted} outbound calls: at most ${megabytes(MAX_KEPT_BYTES)} more in use when all are over`,
      measured: megabytes(keptBytes(hold)),
      met: keptBytes(hold) <= MAX_KEPT_BYTES,
    },
  ]
}

/** Holds the figures against the targets. */
export const judgeOutbound = ({ firstFrames, hold }: Outbound): Verdict[] => [
  ...firstFrames.map(judgeFirstFrame),
  ...judgeHold(hold),
]

const rowsOf = ({ startUpMs, warm, cold }: FirstFrame): string[][] => {
  const row = (name: string, key: 'greetedMs' | 'answeredMs'): string[] => [
    `${startUpMs} ms`,
    name,
    ms(warm[key].p50),
    ms(warm[key].p99),
    ms(cold[key].p50),
    ms(cold[key].p99),
  ]
  return [row('greeting, after pick-up', 'greetedMs'), row("answer, over the model's reply", 'answeredMs')]
}

const holdRows = (hold: Hold): string[][] => [
  ['calls asked for / placed / placed twice', `${hold.asked} / ${hold.placed} / ${hold.rungTwice}`],
  ['held at once', `${hold.heldAtOnce}, for ${hold.seconds} s`],
  ['model sessions opened / leaked', `${hold.sessions} / ${hold.leakedSessions}`],
  ['a session outlived its call p50', ms(hold.outlivedMs.p50)],
  ['a session outlived its call, longest', ms(hold.outlivedMs.max)],
  ['media sockets left', String(hold.leakedMedia)],
  ['share of one core while held', `${(hold.coreShare * 100).toFixed(1)} %`],
  [
    'memory in use before / while held / when over',
    [hold.idle, hold.loaded, hold.after].map(({ retainedBytes }) => megabytes(retainedBytes)).join(' / '),
  ],
]

const notesOf = ({ firstFrames, hold }: Outbound): string[] => {
  const runs = [
    ...firstFrames.flatMap(({ startUpMs, warm, cold }) => [
      { name: `start-up ${startUpMs} ms, pre-warmed`, limitMs: MAX_FIRST_FRAME_LATE_P99_MS, ...warm },
      { name: `start-up ${startUpMs} ms, cold`, limitMs: MAX_FIRST_FRAME_LATE_P99_MS, ...cold },
    ]),
    { name: `${hold.wanted} calls held`, limitMs: MAX_HOLD_LATE_P99_MS, ...hold },
  ]
  return runs.flatMap(({ name, limitMs, lateMs, othersShare, problems }) => [
    ...(othersShare > MAX_OTHERS_SHARE
      ? [`NOTE    ${name}: other programs used ${Math.round(othersShare * 100)} % of a core: measure again`]
      : []),
    ...(lateMs.p99 > limitMs
      ? [`NOTE    ${name}: the machine was busy, the load came up to ${ms(lateMs.p99)} late: measure again`]
      : []),
    ...problems.map((problem) => `NOTE    ${name}: ${problem}`),
  ])
}

/** Two Markdown tables, and what disturbed the measurement. */
export const renderOutbound = (outbound: Outbound): string => {
  const notes = notesOf(outbound)
  return [
    ...renderTable(
      ['start-up', 'first frame', 'pre-warmed p50', 'p99', 'cold p50', 'p99'],
      outbound.firstFrames.flatMap(rowsOf),
    ),
    '',
    ...renderTable(['outbound calls', ''], holdRows(outbound.hold), 0),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ].join('\n')
}
