import { useState } from 'react'
import { Link, Route, Switch, useSearchParams } from 'wouter'
import { NotForYou } from '../../app/not-for-you.tsx'
import { useMay } from '../../app/session.ts'
import { FilterBar, SearchFilter } from '../../parts/filter-bar.tsx'
import { Older } from '../../parts/older.tsx'
import { Page } from '../../parts/page.tsx'
import { Empty, Failed, Reading } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { Tabs } from '../../parts/tabs.tsx'
import { useFilters } from '../../parts/use-filters.ts'
import { When } from '../../parts/when.tsx'
import { CalendarPage } from './calendar-page.tsx'
import { CustomerForm } from './customer-form.tsx'
import { CustomerRecord } from './customer-record.tsx'
import { useCustomers } from './customers-api.ts'
import { ImportPage } from './import-page.tsx'

const FILTERS = ['q'] as const

const List = () => {
  const [search] = useSearchParams()
  const filters = useFilters(FILTERS)
  const { q } = filters.values
  const { data, error, refetch } = useCustomers(q, search.get('after') ?? undefined)
  return (
    <>
      <FilterBar>
        <SearchFilter filters={filters} name="q" label="Search name, number or e-mail" />
      </FilterBar>
      {error ? <Failed error={error} stillWorks="Callers are answered." retry={refetch} /> : null}
      {!data ? error ? null : <Reading /> : null}
      {data?.customers.length === 0 ? (
        <Empty>
          {q ? 'No customer matches.' : 'No customers yet. Import a list, or let the assistant add those who book.'}
        </Empty>
      ) : null}
      {data && data.customers.length > 0 ? (
        <Table
          caption="Customers"
          rows={data.customers}
          rowKey={({ id }) => id}
          columns={[
            {
              title: 'Name',
              cell: ({ id, firstName, lastName }) => (
                <Link href={`/customers/${id}`}>{`${firstName} ${lastName}`.trim() || 'without a name'}</Link>
              ),
            },
            { title: 'Telephones', cell: ({ phones }) => phones.join(', ') || '–' },
            { title: 'E-mail', cell: ({ email }) => email ?? '–' },
            { title: 'Postcode', cell: ({ postcode }) => postcode ?? '–' },
            { title: 'Since', cell: ({ createdAt }) => <When at={createdAt} form="day" /> },
          ]}
        />
      ) : null}
      <Older next={data?.next} title="More" />
    </>
  )
}

const CustomersPage = () => {
  const mayAdd = useMay('operator')
  const mayImport = useMay('manager')
  const [isAdding, setIsAdding] = useState(false)
  const actions = (
    <>
      {mayImport ? (
        <>
          <Link href="/customers/import">Import</Link>
          <a href="/customers/export?reveal=true" download>
            Export CSV
          </a>
        </>
      ) : null}
      {mayAdd ? (
        <button type="button" className="primary" onClick={() => setIsAdding(true)}>
          Add a customer
        </button>
      ) : null}
    </>
  )
  return (
    <Page title="Customers" actions={actions}>
      <Tabs
        label="Customers"
        tabs={[
          { href: '/customers', title: 'Customers' },
          { href: '/customers/calendar', title: 'Calendar' },
        ]}
      />
      <Switch>
        <Route path="/customers/calendar">
          <CalendarPage />
        </Route>
        <Route path="/customers/import">{mayImport ? <ImportPage /> : <NotForYou needed="manager" />}</Route>
        <Route path="/customers/:id">{({ id }) => <CustomerRecord id={decodeURIComponent(id)} />}</Route>
        <Route>
          <List />
        </Route>
      </Switch>
      {isAdding ? <CustomerForm onClose={() => setIsAdding(false)} /> : null}
    </Page>
  )
}

export default CustomersPage
