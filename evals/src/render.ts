import { rules } from './rules.ts'
import type { Report, SituationReport } from './report.ts'

/** Said above every report of simulated runs, so that nobody takes it for more. */
export const NO_REAL_MODEL =
  'Simulated: no real model has been asked. What passes here shows that the situations can be played and judged, not that a prompt works.'

const usd = (amount: number): string => `$${amount.toFixed(amount < 1 ? 3 : 2)}`

const marks = { passed: 'ok    ', failed: 'FAILED', open: 'OPEN' } as const

const lines = ({
  id,
  about,
  status,
  passed,
  runs,
  costUsd,
  findings,
  why,
  notJudged,
  unjudged,
}: SituationReport): string[] => [
  `${marks[status].padEnd(7)}  ${id.padEnd(26)}  ${`${passed}/${runs}`.padEnd(5)}  ${usd(costUsd).padEnd(7)}  ${about}`,
  ...findings.map((finding) => `           ${finding}`),
  ...why.map((reason) => `           could not be run: ${reason}`),
  ...(notJudged > 0
    ? [`           the judge did not answer: ${notJudged} of ${runs}. ${unjudged.join(' ')}`.trimEnd()]
    : []),
]

const costLine = ({ costUsd, costIsEstimated, maxUsd, simulated, model }: Report): string => {
  if (simulated) return `Cost: nothing; as many tokens of ${model} would be about ${usd(costUsd)}.`
  const estimate = costIsEstimated ? ` (${model} has no published price: the dearest known one was taken)` : ''
  return `Cost: ${usd(costUsd)} of at most ${usd(maxUsd)}${estimate}.`
}

const ruleLines = ({ rules: tried, untried }: Report): string[] => [
  'By rule                    passed  failed',
  ...tried.map(
    ({ rule, kind, passed, failed }) =>
      `  ${rule.padEnd(24)} ${String(passed).padStart(6)}  ${String(failed).padStart(6)}${failed > 0 ? `  ${kind}: ${rules[rule].says}` : ''}`,
  ),
  ...(untried.length > 0 ? [`  No run has tried: ${untried.join(', ')}.`] : []),
]

/** The report as a person reads it. */
export const renderReport = (report: Report): string => {
  const { situations, firstWordsMs, leftOut, notAsked, stopped, simulated, model, mode, speed } = report
  const count = (status: SituationReport['status']): number =>
    situations.filter((situation) => situation.status === status).length
  return [
    `${mode}, ${speed}, ${model}`,
    ...(report.promptVersions.length > 0 ? [`Prompt versions: ${report.promptVersions.join(', ')}`] : []),
    ...(simulated ? [NO_REAL_MODEL] : []),
    '',
    ...situations
      .filter(({ status, why, runs }) => stopped === undefined || status !== 'open' || why.length > 0 || runs > 0)
      .flatMap(lines),
    '',
    ...ruleLines(report),
    '',
    `Situations: ${count('passed')} passed, ${count('failed')} failed, ${count('open')} open.`,
    ...(firstWordsMs ? [`First words after ${firstWordsMs.p50} ms (p50), ${firstWordsMs.p95} ms (p95).`] : []),
    costLine(report),
    ...(notAsked > 0 && !simulated
      ? [`Runs with a question for a judge, and no judge: ${notAsked}. They are judged by tools and patterns alone.`]
      : []),
    ...(leftOut.length > 0 ? [`The server refuses, and calls went without: ${leftOut.join(', ')}.`] : []),
    ...(stopped === undefined
      ? []
      : [
          `Stopped: ${stopped}`,
          `Not run: ${
            situations
              .filter(({ runs }) => runs === 0)
              .map(({ id }) => id)
              .join(', ') || 'only some runs of the last ones'
          }.`,
        ]),
  ].join('\n')
}
