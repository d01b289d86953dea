import { Link, useSearchParams } from 'wouter'
import { useMay, useSession } from '../../app/session.ts'
import { ExportLinks } from '../../parts/export-links.tsx'
import { ChoiceFilter, FilterBar, FilterChips, SearchFilter } from '../../parts/filter-bar.tsx'
import { Older } from '../../parts/older.tsx'
import { Page } from '../../parts/page.tsx'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { useFilters } from '../../parts/use-filters.ts'
import { MessageItem } from './message-item.tsx'
import { useMessages } from './messages-api.ts'
import style from './messages.module.css'
import {
  DELIVERY_CHOICES,
  filterText,
  KIND_CHOICES,
  NOTHING,
  SHOWN,
  type Message,
  type Shown,
} from './messages-words.ts'

const FILTERS = ['q', 'delivery', 'kind', 'assignedTo', 'call'] as const

const shownOf = (text: string | null): Shown => SHOWN.find((each) => each === text) ?? 'todo'

const MessagesPage = () => {
  const [search] = useSearchParams()
  const filters = useFilters(FILTERS)
  const mayExport = useMay('operator')
  const seesWhole = useMay('manager')
  const me = useSession().data?.name ?? ''
  const shown = shownOf(search.get('show'))
  const after = search.get('after') ?? undefined
  const filter = {
    ...(filters.values as {
      q?: string
      delivery?: 'failed' | 'pending'
      kind?: Message['kind']
      assignedTo?: string
      call?: string
    }),
    ...(shown === 'all' ? {} : { done: shown === 'done' ? ('true' as const) : ('false' as const) }),
  }
  // What is to do has the urgent ones first, whatever their age.
  const splits = shown === 'todo'
  const urgent = useMessages({ ...filter, urgent: 'true' }, splits && after === undefined)
  const others = useMessages({
    ...filter,
    ...(splits ? { urgent: 'false' } : {}),
    ...(after === undefined ? {} : { after }),
  })
  const { data, error, refetch } = others
  const messages = [...((splits && after === undefined && urgent.data?.messages) || []), ...(data?.messages ?? [])]
  const people = [...new Set(messages.flatMap(({ assignedTo }) => assignedTo ?? []))]
  const counts = data && { todo: data.toDo, done: data.done, all: data.toDo + data.done }
  const exported = (format: string) =>
    `/messages/export?${new URLSearchParams({ ...filter, format, ...(seesWhole ? { reveal: 'true' } : {}) }).toString()}`
  return (
    <Page title="Messages" actions={mayExport ? <ExportLinks csv={exported('csv')} json={exported('json')} /> : null}>
      <nav aria-label="Which messages" className={style.shown}>
        {SHOWN.map((each) => (
          <Link
            key={each}
            href={filters.href({ show: each === 'todo' ? undefined : each } as never)}
            aria-current={each === shown ? 'page' : undefined}
          >
            {each === 'todo' ? 'to do' : each} {counts ? <span className={style.count}>{counts[each]}</span> : null}
          </Link>
        ))}
      </nav>
      <FilterBar>
        <SearchFilter filters={filters} name="q" label="Search text, name or recipient" />
        <ChoiceFilter filters={filters} name="kind" label="Kind" choices={KIND_CHOICES} />
        <ChoiceFilter filters={filters} name="delivery" label="Delivery" choices={DELIVERY_CHOICES} />
        <ChoiceFilter
          filters={filters}
          name="assignedTo"
          label="Assigned to"
          any="anybody"
          choices={[...new Set([me, ...people, filters.values.assignedTo ?? me])].map((name) => [
            name,
            name === me ? `${name} (me)` : name,
          ])}
        />
      </FilterBar>
      <FilterChips filters={filters} textOf={filterText} />
      {error ? <Failed error={error} stillWorks="Callers can still leave messages." retry={refetch} /> : null}
      {!data ? error ? null : <Reading /> : null}
      {data && messages.length === 0 && !urgent.isPending ? (
        <Empty>{Object.keys(filters.values).length > 0 ? 'No message matches.' : NOTHING[shown]}</Empty>
      ) : null}
      <div className={style.list}>
        {messages.map((message) => (
          <MessageItem key={message.id} message={message} people={people} />
        ))}
      </div>
      <Older next={data?.next} />
    </Page>
  )
}

export default MessagesPage
