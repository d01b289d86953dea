import { useQuery } from '@tanstack/react-query'
import { Link, useSearchParams } from 'wouter'
import { api } from '../../api/client.ts'
import { ChoiceFilter, FilterBar, FilterChips, SearchFilter } from '../../parts/filter-bar.tsx'
import { AFTER } from '../../parts/filter-values.ts'
import { Older } from '../../parts/older.tsx'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { useFilters } from '../../parts/use-filters.ts'
import { When } from '../../parts/when.tsx'
import style from './system.module.css'
import { deedChoices, deedText, words } from './system-words.ts'

const FILTERS = ['who', 'action', 'target'] as const
const AT_ONCE = 50

const detailText = (details: Readonly<Record<string, unknown>> | undefined): string =>
  Object.entries(details ?? {})
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')

/** What it was done to; a call or a customer leads there, because nobody knows them by their ids. */
const Target = ({ action, target }: { action: string; target?: string | undefined }) => {
  if (target === undefined) return '–'
  const isId = /^[\w-]+$/.test(target)
  if (isId && /^(call|recording|test)_/.test(action)) return <Link href={`/calls/${target}`}>this call</Link>
  if (isId && /^customer_(added|changed)/.test(action)) return <Link href={`/customers/${target}`}>this customer</Link>
  if (/^settings_(published|draft_restored)/.test(action)) return `version ${target}`
  return <span className={style.breaks}>{target}</span>
}

/** What people did that others may have to know, the latest first. */
export const AuditTab = () => {
  const filters = useFilters(FILTERS)
  const [search] = useSearchParams()
  const after = Number(search.get(AFTER)) || undefined
  const { data, error, refetch } = useQuery({
    queryKey: ['audit', filters.values, after],
    queryFn: async () =>
      (
        await api.GET('/audit', {
          params: { query: { ...filters.values, limit: AT_ONCE, ...(after ? { after } : {}) } },
        })
      ).data!,
  })
  return (
    <>
      <FilterBar>
        <SearchFilter filters={filters} name="who" label="By whom: a whole name" />
        <SearchFilter filters={filters} name="target" label="To what: a whole name, number or id" />
        <ChoiceFilter filters={filters} name="action" label="What" choices={deedChoices} />
      </FilterBar>
      <FilterChips
        filters={filters}
        textOf={(name, value) => (name === 'action' ? deedText(value) : `${name} ${value}`)}
      />
      {error ? (
        <Failed error={error} stillWorks={words.callsGoOn} retry={refetch} />
      ) : !data ? (
        <Reading />
      ) : data.lines.length === 0 ? (
        <Empty>{words.audit.none}</Empty>
      ) : (
        <>
          <Table
            caption="Audit log"
            rows={data.lines}
            rowKey={({ id }) => id}
            columns={[
              { title: 'When', cell: ({ at }) => <When at={at} /> },
              { title: 'Who', cell: ({ who }) => who },
              { title: 'What', cell: ({ action }) => deedText(action) },
              { title: 'To', cell: (line) => <Target {...line} /> },
              {
                title: 'Details',
                cell: ({ details }) => <span className={style.breaks}>{detailText(details) || '–'}</span>,
              },
              { title: 'From', cell: ({ address }) => address ?? '–' },
            ]}
          />
          <Older next={data.next === undefined ? undefined : String(data.next)} />
        </>
      )}
    </>
  )
}
