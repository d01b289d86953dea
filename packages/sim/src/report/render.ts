/** The figures of a call as a person reads them. */
import type { CallReport, Spread } from './measure.ts'

/** A table, one figure a line. */
export function renderReport(report: CallReport): string {
  const { firstAudio, turns, answers, silences, interruptions, truncations, deadAir, marks } = report
  const rows: [string, string][] = [
    [
      'first audio',
      firstAudio.afterAnswerMs === null
        ? 'never'
        : `${ms(firstAudio.afterAnswerMs)} after the answer, ${ms(firstAudio.afterWebhookMs ?? 0)} after the webhook`,
    ],
    ['speech end → audio', `${spread(answers)} (${answers.count} of ${turns.length} answered)`],
    ['interruption → silence', interruptions.length === 0 ? 'nobody interrupted' : spread(silences)],
    ['truncate error', truncateLine(truncations)],
    [
      'dead air',
      deadAir.spans.length === 0
        ? 'none above 1 s'
        : `${seconds(deadAir.totalMs)} in ${deadAir.spans.length}: ${deadAir.spans
            .map(({ fromMs, forMs }) => `${seconds(forMs)} at ${seconds(fromMs)}`)
            .join(', ')}`,
    ],
    ['both speak', seconds(report.talkOverMs)],
    ['clears, marks', `${report.clears} clears, ${marks.sent} marks, ${marks.echoed} echoed`],
    ['call', `${seconds(report.callMs)} from the answer to the end`],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return ['At the caller’s ear', ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`)].join('\n')
}

function truncateLine(truncations: CallReport['truncations']): string {
  if (truncations === null) return 'not known: the model is not simulated'
  if (truncations.length === 0) return 'nothing was truncated'
  return truncations
    .map(({ toldMs, heardMs, errorMs }) =>
      errorMs === null
        ? `? (told ${ms(toldMs)}, nothing of that sentence found in what was heard)`
        : `${errorMs > 0 ? '+' : ''}${ms(errorMs)} (told ${ms(toldMs)}, heard ${ms(heardMs!)})`,
    )
    .join(', ')
}

const ms = (value: number): string => `${value} ms`
const seconds = (value: number): string => `${(value / 1000).toFixed(1)} s`
const spread = ({ count, p50, p95, max }: Spread): string =>
  count === 0 ? 'nothing' : `p50 ${ms(p50!)}, p95 ${ms(p95!)}, max ${ms(max!)}`
