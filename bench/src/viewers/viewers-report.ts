import type { Verdict } from '../part.ts'
import { MAX_LATE_P99_MS, type Run } from '../relay/relay-run.ts'
import type { Seen } from '../relay/relay-messages.ts'
import { renderTable } from '../render-table.ts'
import type { Round, Watched, Window } from './viewers-run.ts'

/** The gateway with and without recording. */
export interface Recorded {
  readonly without: readonly Run[]
  readonly recording: readonly Run[]
}

const MAX_ADDED_P99_MS = 0.2

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
const ms = (value: number): string => `${value.toFixed(2)} ms`
const more = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)} ms`

const DIRECTIONS = { toModelMs: 'caller → model', toCallerMs: 'model → caller' } as const
type Direction = keyof typeof DIRECTIONS
const directions = Object.keys(DIRECTIONS) as Direction[]

/** What is compared, once for each round. */
interface Pairing {
  readonly name: string
  readonly pairs: readonly (readonly [without: Compared, with_: Compared])[]
}
type Compared = Pick<Seen, Direction> & { readonly lateMs: Seen['lateMs']; readonly coreShare: number }

/** By how much a figure was larger, in the middle of the rounds. */
const added = ({ pairs }: Pairing, of: (one: Compared) => number): number =>
  median(pairs.map(([without, with_]) => of(with_) - of(without)))
const ratio = ({ pairs }: Pairing, of: (one: Compared) => number): number =>
  median(pairs.map(([without, with_]) => of(with_) / of(without)))

const rowsOf = (pairing: Pairing, calls: number): string[][] => {
  const row = (
    name: string,
    of: (one: Compared) => number,
    show: (value: number) => string,
    difference: (value: number) => string,
  ) => [
    pairing.name,
    name,
    show(median(pairing.pairs.map(([without]) => of(without)))),
    show(median(pairing.pairs.map(([, with_]) => of(with_)))),
    difference(added(pairing, of)),
    `${ratio(pairing, of).toFixed(2)} ×`,
  ]
  return [
    ...directions.flatMap((direction) => [
      row(`${DIRECTIONS[direction]} p50`, (one) => one[direction].p50, ms, more),
      row(`${DIRECTIONS[direction]} p99`, (one) => one[direction].p99, ms, more),
    ]),
    row('CPU per call-minute', ({ coreShare }) => (coreShare * 60_000) / calls, ms, more),
    row('load generator late p99', ({ lateMs }) => lateMs.p99, ms, more),
  ]
}

const pairingOf = (name: string, rounds: readonly Round[], kind: 'watched' | 'heard'): Pairing => ({
  name,
  pairs: rounds.map((round) => [round.alone, round[kind]] as const),
})

const sumOf = (rounds: readonly Round[], of: (round: Round) => number): number =>
  rounds.reduce((sum, round) => sum + of(round), 0)

/** Tables of what looking on, listening and recording cost, with the verdicts. */
export const reportViewers = (
  { calls, rounds, result }: Watched,
  { without, recording }: Recorded,
  viewers: number,
): { readonly text: string; readonly verdicts: readonly Verdict[] } => {
  const watched = pairingOf(`${viewers} pages, one with a call open`, rounds, 'watched')
  const heard = pairingOf('one listener', rounds, 'heard')
  const recorded = {
    name: 'every call recorded',
    pairs: without.map((run, index) => [run, recording[index]!] as const),
  }
  const p99s = rounds.map(({ alone }) => Math.max(...directions.map((direction) => alone[direction].p99)))
  const worst = Math.max(...directions.map((direction) => added(watched, (one) => one[direction].p99)))
  const all: readonly Window[] = rounds.flatMap(({ alone, watched: pages, heard: listener }) => [
    alone,
    pages,
    listener,
  ])
  const latest = Math.max(...all.map(({ lateMs }) => lateMs.p99), ...without.map(({ lateMs }) => lateMs.p99))
  const events = sumOf(rounds, (round) => round.watched.told!.events)
  const answers = sumOf(rounds, (round) => round.watched.told!.answers)
  const blocks = sumOf(rounds, (round) => round.heard.told!.blocks)
  const broken = sumOf(rounds, (round) => round.watched.told!.broken + round.heard.told!.broken)
  const { lost, reordered, altered } = result.faults
  const kept = recording.reduce((sum, run) => sum + run.recordings, 0)
  return {
    text: [
      ...renderTable(
        [`${calls} calls`, '', 'without', 'with', 'more', 'ratio'],
        [watched, heard, recorded].flatMap((pairing) => rowsOf(pairing, calls)),
      ),
      '',
      `NOTE    The p99 of single windows without anybody: ${ms(Math.min(...p99s))} to ${ms(Math.max(...p99s))}.`,
      `NOTE    The pages were told ${events} events and got ${answers} answers; the listener got ${blocks} blocks of sound.`,
      ...(latest > MAX_LATE_P99_MS
        ? [`NOTE    The machine was busy, the load came up to ${ms(latest)} late: measure again.`]
        : []),
    ].join('\n'),
    verdicts: [
      {
        target: `${calls} calls, ${viewers} pages and a call open: relay delay p99 at most ${MAX_ADDED_P99_MS} ms more`,
        measured: more(worst),
        met: worst <= MAX_ADDED_P99_MS,
      },
      {
        target: 'nobody who looks on or listens is dropped, every one of them is told something',
        measured: `${broken} dropped`,
        met: broken === 0 && rounds.every((round) => round.watched.told!.events > 0 && round.heard.told!.blocks > 0),
      },
      {
        target: 'meanwhile no frame is lost, reordered or altered',
        measured: `${lost} / ${reordered} / ${altered}`,
        met: lost + reordered + altered + result.brokenSockets === 0,
      },
      {
        target: 'every call is recorded where the settings say so',
        measured: `${kept} of ${calls * recording.length}`,
        met: kept === calls * recording.length,
      },
    ],
  }
}
