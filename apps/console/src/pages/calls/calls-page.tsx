import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { Link, useSearchParams } from 'wouter'
import { api } from '../../api/client.ts'
import type { components, paths } from '../../api/openapi.ts'
import { useBusiness, useInForce } from '../../app/business.ts'
import { useMay } from '../../app/session.ts'
import { answeredAs, assistantName } from '../../parts/assistant-name.ts'
import { Badge } from '../../parts/badge.tsx'
import { ExportLinks } from '../../parts/export-links.tsx'
import { lengthText, moneyText, preciseText } from '../../parts/figures.ts'
import { AFTER } from '../../parts/filter-values.ts'
import { ChoiceFilter, FilterBar, FilterChips, SearchFilter } from '../../parts/filter-bar.tsx'
import { dayBegins } from '../../parts/moments.ts'
import { Older } from '../../parts/older.tsx'
import { Page } from '../../parts/page.tsx'
import { phaseText } from '../../parts/phase-words.ts'
import { useShortcuts } from '../../parts/shortcuts.ts'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { useFilters, type Filters } from '../../parts/use-filters.ts'
import { When } from '../../parts/when.tsx'
import style from './calls.module.css'
import { chipText, FILTERS, OUTCOMES, SLOWER_CHOICES, type CallFilter } from './calls-words.ts'

const PAGE = 50

type Head = components['schemas']['CallHead']
type Query = NonNullable<paths['/calls']['get']['parameters']['query']>

const endOf = ({ endedAt, assistantEndedAt }: Head): string | undefined => endedAt ?? assistantEndedAt

const Outcome = ({ call }: { call: Head }) => {
  if (call.phase !== undefined && call.phase !== 'ended')
    return (
      <Badge tone="good" sign="●">
        {phaseText(call.phase)}
      </Badge>
    )
  const text = call.outcome ?? (call.outbound ? call.outbound.state.replaceAll('_', ' ') : 'goes on')
  const isProblem = call.problems !== undefined && call.problems.length > 0
  return (
    <span className={`${style.outcome} ${call.why || isProblem ? style.wrong : ''}`}>
      {isProblem || (call.why && call.disposition !== 'operator_hung_up') ? <span aria-hidden="true">▲ </span> : null}
      {text}
      {isProblem ? <small className={style.codes}> {call.problems!.join(', ')}</small> : null}
    </span>
  )
}

const columns: readonly Column<Head>[] = [
  {
    title: 'When',
    cell: (call) => (
      <Link href={`/calls/${call.callId}`} className={style.when}>
        <When at={call.startedAt} />
      </Link>
    ),
  },
  {
    title: 'Caller',
    cell: (call) => (
      <>
        <span className={style.number}>
          {call.direction === 'inbound' ? '' : <span title="we called">↗ </span>}
          {call.caller ?? <i>withheld</i>}
        </span>
        {call.test ? (
          <span title={call.draft === undefined ? undefined : `The draft, revision ${call.draft}`}>
            <Badge tone="quiet">{call.draft === undefined ? 'test' : 'test · draft'}</Badge>
          </span>
        ) : null}
      </>
    ),
  },
  { title: 'Number', cell: (call) => <span className={style.number}>{call.dialled}</span> },
  { title: 'Answered as', cell: answeredAs },
  { title: 'Outcome', cell: (call) => <Outcome call={call} /> },
  {
    title: 'Length',
    cell: (call) => {
      const end = endOf(call)
      return lengthText(end === undefined ? undefined : Date.parse(end) - Date.parse(call.startedAt))
    },
    isFigure: true,
  },
  { title: 'Turns', cell: (call) => call.turns ?? '–', isFigure: true },
  {
    title: 'First words',
    cell: (call) => <span className={style.number}>{preciseText(call.firstWordsMs)}</span>,
    isFigure: true,
  },
  { title: 'Cost', cell: (call) => moneyText(call.costUsd), isFigure: true },
]

const DateFilter = ({ filters, name, label }: { filters: Filters<CallFilter>; name: 'from' | 'to'; label: string }) => {
  const id = useId()
  return (
    <label className={style.date} htmlFor={id}>
      {label}
      <input
        id={id}
        type="date"
        value={(filters.values[name] ?? '').slice(0, 10)}
        onChange={(event) => filters.set({ [name]: event.target.value || undefined })}
      />
    </label>
  )
}

/** A day as a date field gives it, as the moment at which it begins or ends in the zone of the business. */
const momentOf = (name: 'from' | 'to', value: string, zone: string): string => {
  const atMs = value.length > 10 ? NaN : dayBegins(zone, value, name === 'to' ? 1 : 0)
  return Number.isNaN(atMs) ? value : new Date(atMs).toISOString()
}

const queryOf = ({ from, to, ...rest }: Filters<CallFilter>['values'], zone: string): Record<string, string> => ({
  ...rest,
  ...(from ? { from: momentOf('from', from, zone) } : {}),
  ...(to ? { to: momentOf('to', to, zone) } : {}),
})

const NumberFilter = ({ filters }: { filters: Filters<CallFilter> }) => (
  <SearchFilter filters={filters} name="number" label="Number or its end" />
)

const CallsPage = () => {
  const filters = useFilters<CallFilter>(FILTERS)
  const { zone } = useBusiness()
  const mayTry = useMay('operator')
  const { data: inForce } = useInForce()
  const [search] = useSearchParams()
  const after = search.get(AFTER) ?? undefined
  const wanted = queryOf(filters.values, zone)
  const { data, error, refetch, isFetching } = useQuery({
    queryKey: ['calls', wanted, after],
    queryFn: async () => {
      const query = { ...wanted, limit: PAGE, ...(after === undefined ? {} : { after }) } as Query
      return (await api.GET('/calls', { params: { query } })).data!
    },
    refetchInterval: after === undefined ? 10_000 : false,
  })
  useShortcuts([
    {
      keys: '/',
      does: 'Search calls',
      run: () => document.querySelector<HTMLInputElement>('input[type=search]')?.focus(),
    },
  ])
  const instances = Object.keys(inForce?.document['modes'] ?? {})
  const isFiltered = Object.keys(filters.values).length > 0
  const exported = new URLSearchParams(wanted)
  return (
    <Page title="Calls" actions={<ExportLinks csv={`/calls.csv?${exported}`} json={`/calls.json?${exported}`} />}>
      <FilterBar>
        <SearchFilter filters={filters} name="q" label="Words that were said  ( / )" />
        <NumberFilter filters={filters} />
        <ChoiceFilter
          filters={filters}
          name="instance"
          label="Answered as"
          choices={instances.map((name) => [name, assistantName(name)] as const)}
        />
        <ChoiceFilter
          filters={filters}
          name="direction"
          label="Direction"
          choices={[
            ['inbound', 'incoming'],
            ['outbound', 'outgoing'],
          ]}
        />
        <ChoiceFilter filters={filters} name="outcome" label="Outcome" choices={OUTCOMES} />
        <ChoiceFilter
          filters={filters}
          name="problem"
          label="Problem"
          choices={[['any', 'any problem']]}
          any="with or without"
        />
        <ChoiceFilter filters={filters} name="slowerThan" label="First words after" choices={SLOWER_CHOICES} />
        <ChoiceFilter
          filters={filters}
          name="test"
          label="Test calls"
          any="with"
          choices={[
            ['false', 'without'],
            ['true', 'only'],
          ]}
        />
        <DateFilter filters={filters} name="from" label="From" />
        <DateFilter filters={filters} name="to" label="Until" />
      </FilterBar>
      <FilterChips filters={filters} textOf={(name, value) => chipText(name, value, zone)} />
      {error ? (
        <Failed error={error} stillWorks="Calls are answered all the same, and the filter is kept." retry={refetch} />
      ) : null}
      {data && data.calls.length === 0 ? (
        <Empty>
          {isFiltered ? (
            <p>No call matches. Remove one of the filters above.</p>
          ) : (
            <p>
              No calls yet.{' '}
              {mayTry ? (
                <>
                  <Link href="/try">Try it</Link>: ring the assistant from this page.
                </>
              ) : null}
            </p>
          )}
        </Empty>
      ) : null}
      {data && data.calls.length > 0 ? (
        <div aria-busy={isFetching} className={style.list}>
          <Table caption="Calls, the newest first" columns={columns} rows={data.calls} rowKey={(call) => call.callId} />
          <Older next={data.next} title="Older calls" />
        </div>
      ) : null}
      {!data && !error ? <Reading /> : null}
    </Page>
  )
}

export default CallsPage
