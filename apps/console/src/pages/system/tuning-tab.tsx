import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { api } from '../../api/client.ts'
import { ChoiceFilter, FilterBar } from '../../parts/filter-bar.tsx'
import { countText, moneyText, preciseText } from '../../parts/figures.ts'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { useFilters } from '../../parts/use-filters.ts'
import style from './system.module.css'
import { words } from './system-words.ts'

const FILTERS = ['days'] as const
const DAYS = [
  ['1', 'the last day'],
  ['7', 'the last 7 days'],
  ['90', 'the last 90 days'],
] as const
const DEFAULT_DAYS = 30
const DAY_MS = 86_400_000
const ENOUGH = 20

/** The tuning profiles that were in force, side by side. */
export const TuningTab = () => {
  const filters = useFilters(FILTERS)
  const [openedAt] = useState(() => Date.now())
  const days = Number(filters.values.days) || DEFAULT_DAYS
  const { data, error, refetch } = useQuery({
    queryKey: ['profiles', days],
    queryFn: async () =>
      (
        await api.GET('/settings/profiles', {
          params: { query: { from: new Date(openedAt - days * DAY_MS).toISOString() } },
        })
      ).data!.profiles,
  })
  return (
    <>
      <p className={style.quiet}>{words.tuning.about}</p>
      <FilterBar>
        <ChoiceFilter filters={filters} name="days" label="Calls of" any="the last 30 days" choices={DAYS} />
      </FilterBar>
      {error ? (
        <Failed error={error} stillWorks={words.callsGoOn} retry={refetch} />
      ) : !data ? (
        <Reading />
      ) : data.length === 0 ? (
        <Empty>{words.tuning.none}</Empty>
      ) : (
        <Table
          caption="Tuning profiles"
          rows={data}
          rowKey={({ profile }) => profile ?? ''}
          columns={[
            { title: 'Profile', cell: ({ profile }) => profile ?? 'as the mode has it' },
            { title: 'Calls', isFigure: true, cell: ({ calls }) => countText(calls) },
            {
              title: 'First words, half within',
              isFigure: true,
              cell: ({ firstWordsMs }) => preciseText(firstWordsMs?.p50),
            },
            { title: '19 of 20 within', isFigure: true, cell: ({ firstWordsMs }) => preciseText(firstWordsMs?.p95) },
            { title: 'Cost per call', isFigure: true, cell: ({ usdPerCall }) => moneyText(usdPerCall) },
            { title: 'Note', cell: ({ calls }) => (calls < ENOUGH ? words.tuning.few : '–') },
          ]}
        />
      )}
    </>
  )
}
