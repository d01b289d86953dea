import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { api } from '../../api/client.ts'
import { useBusiness } from '../../app/business.ts'
import { assistantName } from '../../parts/assistant-name.ts'
import { countOf, countText, moneyText, preciseText, shareText } from '../../parts/figures.ts'
import { Page } from '../../parts/page.tsx'
import { Panel } from '../../parts/panel.tsx'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { useFilters } from '../../parts/use-filters.ts'
import { Chart } from './chart.tsx'
import {
  costFinding,
  costTracks,
  latencyFinding,
  latencyTracks,
  outcomeFinding,
  outcomeTracks,
  problemRows,
  sparkline,
  type Cost,
  type Latency,
  type Outcomes,
  type Problems,
  type ProblemRow,
} from './findings.ts'
import style from './quality.module.css'
import { stageIn, STAGES, type StageName } from './stages.ts'
import { stageWords, words } from './quality-words.ts'

const NAMES = ['days', 'stage', 'split'] as const
const DAYS = ['7', '30', '90', '365'] as const
const DAY_MS = 86_400_000

type Of = 'latency' | 'cost' | 'outcomes' | 'problems'
type Asked = { readonly days: number; readonly stage: StageName; readonly split?: 'instance' | 'model' | undefined }

const useStatistics = <Answer,>(of: Of, { days, stage, split }: Asked, isOn = true) =>
  useQuery({
    queryKey: ['stats', of, days, of === 'latency' ? stage : '', split],
    staleTime: 30_000,
    enabled: isOn,
    queryFn: async () => {
      const from = new Date(Date.now() - (days - 1) * DAY_MS).toISOString()
      const query = { of, by: 'day' as const, stage, from, ...(split ? { split } : {}) }
      return (await api.GET('/stats', { params: { query } })).data as unknown as Answer
    },
  })

/** A part of the page that is read by itself: what cannot be read says so, and the rest goes on. */
const Part = <Answer,>(props: {
  title: string
  query: { readonly data: Answer | undefined; readonly error: unknown; readonly refetch: () => unknown }
  children: (answer: Answer) => ReactNode
}) => {
  const { title, query, children } = props
  if (query.data !== undefined) return children(query.data)
  return <Panel title={title}>{query.error ? <Failed error={query.error} retry={query.refetch} /> : <Reading />}</Panel>
}

const daysOf = (series: { readonly buckets: readonly { readonly from: string }[] }) =>
  series.buckets.map(({ from }) => from)

const ms = (value: number) => preciseText(value)
const percent = (value: number) => shareText(value / 100)
const usd = (value: number) => moneyText(value)

const Distribution = ({ stage, series }: { stage: StageName; series: Latency['series'][number] }) => {
  const { distribution } = series
  const most = Math.max(1, ...distribution.map(({ count }) => count))
  if (distribution.length === 0) return null
  return (
    <Panel title={`How the times are spread: ${stageWords[stage].toLowerCase()}`}>
      <ol className={style.bars} aria-label="How often each length came">
        {distribution.map(({ fromMs, toMs, count }) => (
          <li key={fromMs} style={{ blockSize: `${(count / most) * 100}%` }}>
            <span className="unseen">
              {preciseText(fromMs)} {toMs === undefined ? 'and more' : `to ${preciseText(toMs)}`}: {countText(count)}
            </span>
          </li>
        ))}
      </ol>
      <div className={style.scale} aria-hidden="true">
        <span>0</span>
        <span>{preciseText(distribution[10]?.fromMs)}</span>
        <span>{preciseText(distribution.at(-1)?.fromMs)} and more</span>
      </div>
    </Panel>
  )
}

const problemColumns: readonly Column<ProblemRow>[] = [
  { title: 'Problem', cell: ({ code }) => <code>{code}</code> },
  {
    title: 'Calls',
    isFigure: true,
    cell: ({ code, calls }) => (
      <Link href={`/calls?problem=${encodeURIComponent(code)}`}>{countOf(calls, 'call')}</Link>
    ),
  },
  {
    title: 'By day',
    cell: ({ byDay }) => (
      <svg
        className={style.spark}
        viewBox="0 0 100 20"
        role="img"
        aria-label={`${Math.max(...byDay)} on the worst day`}
      >
        <polyline points={sparkline(byDay)} />
      </svg>
    ),
  },
]

interface Profile {
  readonly profile?: string
  readonly calls: number
  readonly firstWordsMs?: { readonly p50: number; readonly p95: number }
  readonly usdPerCall?: number
}

const profileColumns: readonly Column<Profile>[] = [
  { title: 'Profile', cell: ({ profile }) => profile ?? 'without one' },
  { title: 'Calls', isFigure: true, cell: ({ calls }) => countText(calls) },
  { title: 'Half within', isFigure: true, cell: ({ firstWordsMs }) => preciseText(firstWordsMs?.p50) },
  { title: '95 % within', isFigure: true, cell: ({ firstWordsMs }) => preciseText(firstWordsMs?.p95) },
  { title: 'A call', isFigure: true, cell: ({ usdPerCall }) => moneyText(usdPerCall) },
]

/** The calls that the other figures of the page are of. */
const Profiles = ({ days, from, to }: { days: number; from: string; to: string }) => {
  const query = useQuery({
    queryKey: ['settings', 'profiles', from, to],
    queryFn: async () => (await api.GET('/settings/profiles', { params: { query: { from, to } } })).data!.profiles,
  })
  return (
    <Part title="Tuning profiles" query={query}>
      {(profiles) =>
        profiles.length < 2 ? null : (
          <Panel title={`Tuning profiles, first words compared: calls of the last ${days} days`}>
            <Table
              caption="Tuning profiles"
              columns={profileColumns}
              rows={profiles}
              rowKey={({ profile }) => profile ?? ''}
            />
          </Panel>
        )
      }
    </Part>
  )
}

/** What a part of the calls is called. */
const nameOf = (name: string | undefined, split: Asked['split']): string =>
  name ? (split === 'instance' ? assistantName(name) : name) : 'without one'

/** The same stage for each instance or model. */
const Apart = ({ asked, zone }: { asked: Asked; zone: string }) => {
  const query = useStatistics<Latency>('latency', asked, asked.split !== undefined)
  if (asked.split === undefined) return null
  return (
    <Part title={asked.split === 'instance' ? 'By assistant' : 'By model'} query={query}>
      {({ series }) =>
        series.length === 0 ? (
          <Panel title={asked.split === 'instance' ? 'By assistant' : 'By model'}>
            <p>{words.notMeasured}</p>
          </Panel>
        ) : (
          <div className={style.small}>
            {series.map((each) => (
              <Chart
                key={each.name ?? ''}
                name={`${asked.stage}-${each.name ?? ''}`}
                kind="lines"
                finding={latencyFinding(nameOf(each.name, asked.split), each, STAGES[asked.stage])}
                caption={`${stageWords[asked.stage]}, ${countOf(each.whole.calls, 'call')}`}
                days={daysOf(each)}
                tracks={latencyTracks(each)}
                unit={ms}
                budget={STAGES[asked.stage]}
                zone={zone}
              />
            ))}
          </div>
        )
      }
    </Part>
  )
}

const QualityPage = () => {
  const { zone } = useBusiness()
  const { values, set } = useFilters(NAMES)
  const stage = stageIn(values.stage)
  const days = Number(DAYS.find((each) => each === values.days) ?? '30')
  const split = values.split === 'instance' || values.split === 'model' ? values.split : undefined
  const asked = { days, stage }
  const latency = useStatistics<Latency>('latency', asked)
  const cost = useStatistics<Cost>('cost', asked)
  const outcomes = useStatistics<Outcomes>('outcomes', asked)
  const problems = useStatistics<Problems>('problems', asked)
  const isEmpty = outcomes.data?.series[0]?.whole.calls === 0
  return (
    <Page title={words.title}>
      <div className={style.filters}>
        <label>
          <span>Time</span>
          <select value={String(days)} onChange={(event) => set({ days: event.target.value })}>
            {DAYS.map((each) => (
              <option key={each} value={each}>
                last {each} days
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>Latency of</span>
          <select value={stage} onChange={(event) => set({ stage: event.target.value })}>
            {Object.entries(stageWords).map(([name, text]) => (
              <option key={name} value={name}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>Apart by</span>
          <select value={split ?? ''} onChange={(event) => set({ split: event.target.value || undefined })}>
            <option value="">nothing</option>
            <option value="instance">assistant</option>
            <option value="model">model</option>
          </select>
        </label>
      </div>
      {isEmpty ? (
        <Empty>{words.none}</Empty>
      ) : (
        <div className={style.parts}>
          <Part title={stageWords[stage]} query={latency}>
            {({ series: [series], atLeast }) =>
              series ? (
                <>
                  <Chart
                    name={stage}
                    kind="lines"
                    finding={latencyFinding(stageWords[stage], series, STAGES[stage])}
                    caption={`By day. ${words.tooFew(atLeast)}`}
                    days={daysOf(series)}
                    tracks={latencyTracks(series)}
                    unit={ms}
                    budget={STAGES[stage]}
                    zone={zone}
                  />
                  <Distribution stage={stage} series={series} />
                </>
              ) : null
            }
          </Part>
          <Apart asked={{ ...asked, split }} zone={zone} />
          <Part title="Outcomes" query={outcomes}>
            {({ series: [series] }) =>
              series ? (
                <Chart
                  name="outcomes"
                  kind="stack"
                  finding={outcomeFinding(series)}
                  caption="Share of the calls of each day, in per cent."
                  days={daysOf(series)}
                  tracks={outcomeTracks(series)}
                  unit={percent}
                  zone={zone}
                />
              ) : null
            }
          </Part>
          <Part title="Cost" query={cost}>
            {({ series: [series] }) =>
              series ? (
                <Chart
                  name="cost"
                  kind="stack"
                  finding={costFinding(series)}
                  caption={`US dollars by day, by present prices. ${words.transcripts}`}
                  days={daysOf(series)}
                  tracks={costTracks(series)}
                  unit={usd}
                  zone={zone}
                />
              ) : null
            }
          </Part>
          <Part title="Problems" query={problems}>
            {({ series: [series] }) =>
              series ? (
                <Panel
                  title={`${countOf(series.whole.troubled, 'call')} of ${countText(series.whole.calls)} had a problem`}
                >
                  {series.whole.troubled === 0 ? (
                    <p>{words.noProblems}</p>
                  ) : (
                    <Table
                      caption="Problems by code"
                      columns={problemColumns}
                      rows={problemRows(series)}
                      rowKey={({ code }) => code}
                    />
                  )}
                </Panel>
              ) : null
            }
          </Part>
          {outcomes.data ? <Profiles days={days} from={outcomes.data.from} to={outcomes.data.to} /> : null}
        </div>
      )}
    </Page>
  )
}

export default QualityPage
