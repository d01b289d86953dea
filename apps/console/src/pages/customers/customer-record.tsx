import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { api } from '../../api/client.ts'
import { useMay } from '../../app/session.ts'
import { answeredAs } from '../../parts/assistant-name.ts'
import { Badge } from '../../parts/badge.tsx'
import { Confirm } from '../../parts/dialog.tsx'
import { phaseText } from '../../parts/phase-words.ts'
import { Panel } from '../../parts/panel.tsx'
import { sayError } from '../../parts/say.ts'
import { Failed, Reading } from '../../parts/states.tsx'
import { Table } from '../../parts/table.tsx'
import { useHalfMinutes } from '../../parts/use-now.ts'
import { When } from '../../parts/when.tsx'
import { Booking, CancelAppointment, type BookingWish } from './booking.tsx'
import { CustomerForm } from './customer-form.tsx'
import { Phones } from './customer-phones.tsx'
import { useCustomer, useDeed, type Appointment, type CustomerFile } from './customers-api.ts'
import style from './customers.module.css'

const Appointments = ({ customer, mayChange }: { customer: CustomerFile; mayChange: boolean }) => {
  const [wish, setWish] = useState<BookingWish>()
  const [cancelling, setCancelling] = useState<Appointment>()
  const now = useHalfMinutes()
  const { id, firstName, lastName, appointments } = customer
  const book = mayChange ? (
    <button type="button" onClick={() => setWish({ customerId: id, customerName: `${firstName} ${lastName}`.trim() })}>
      Book…
    </button>
  ) : null
  return (
    <Panel title="Appointments" actions={book}>
      {appointments.length === 0 ? <p className={style.quiet}>None.</p> : null}
      {appointments.length > 0 ? (
        <Table
          caption="Appointments"
          rows={appointments}
          rowKey={(each) => each.id}
          columns={[
            { title: 'When', cell: (each) => <When at={each.startsAt} /> },
            { title: 'What', cell: (each) => `${each.service}, ${each.durationMinutes} min` },
            {
              title: 'State',
              cell: (each) =>
                each.status === 'cancelled' ? (
                  <Badge tone="quiet">cancelled</Badge>
                ) : new Date(each.startsAt).getTime() > now ? (
                  <Badge tone="good">booked</Badge>
                ) : (
                  'past'
                ),
            },
            {
              title: 'Booked',
              cell: (each) => (each.callId ? <Link href={`/calls/${each.callId}`}>on a call</Link> : 'here'),
            },
            {
              title: 'Change',
              cell: (each) =>
                mayChange && each.status === 'booked' && new Date(each.startsAt).getTime() > now ? (
                  <span className={style.inline}>
                    <button type="button" onClick={() => setWish({ moving: each })}>
                      Move…
                    </button>
                    <button type="button" className="danger" onClick={() => setCancelling(each)}>
                      Cancel…
                    </button>
                  </span>
                ) : null,
            },
          ]}
        />
      ) : null}
      <Booking wish={wish} onClose={() => setWish(undefined)} />
      <CancelAppointment appointment={cancelling} onClose={() => setCancelling(undefined)} />
    </Panel>
  )
}

const Notes = ({ customer, mayChange }: { customer: CustomerFile; mayChange: boolean }) => {
  const [text, setText] = useState('')
  const [removing, setRemoving] = useState<(typeof customer.notes)[number]>()
  const { id, notes } = customer
  const add = useDeed(
    async () => api.POST('/customers/{id}/notes', { params: { path: { id } }, body: { text } }),
    'Noted.',
  )
  const remove = useDeed(
    async (note: string) => api.DELETE('/customers/{id}/notes/{note}', { params: { path: { id, note } } }),
    'The note is deleted.',
  )
  return (
    <Panel title="Notes">
      <ul className={style.notes}>
        {notes.map((note) => (
          <li key={note.id}>
            <p>{note.text}</p>
            <span className={style.quiet}>
              <When at={note.createdAt} /> ·{' '}
              {note.callId ? <Link href={`/calls/${note.callId}`}>on a call</Link> : 'written here'}
              {mayChange ? (
                <>
                  {' · '}
                  <button type="button" className="link" onClick={() => setRemoving(note)}>
                    delete<span className="unseen"> the note “{note.text.slice(0, 40)}”</span>
                  </button>
                </>
              ) : null}
            </span>
          </li>
        ))}
      </ul>
      {mayChange ? (
        <form
          className={style.inline}
          onSubmit={(event) => {
            event.preventDefault()
            void add.mutateAsync(undefined).then(() => setText(''), sayError)
          }}
        >
          <textarea
            aria-label="A new note"
            placeholder="Note something"
            rows={2}
            required
            maxLength={1000}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <button type="submit">Note it</button>
        </form>
      ) : null}
      <Confirm
        title="Delete this note?"
        isOpen={removing !== undefined}
        action="Delete the note"
        isDanger
        onClose={() => setRemoving(undefined)}
        onConfirm={() => remove.mutateAsync(removing!.id)}
      >
        <p className={style.note}>{removing?.text}</p>
      </Confirm>
    </Panel>
  )
}

const Calls = ({ phones }: { phones: readonly string[] }) => {
  const numbers = phones.map((phone) => phone.split(' ')[0]!).filter((phone) => !phone.includes('•'))
  const { data, error, refetch } = useQuery({
    queryKey: ['calls', 'of-customer', numbers],
    enabled: numbers.length > 0,
    queryFn: async () => {
      const pages = await Promise.all(
        numbers.slice(0, 5).map((number) => api.GET('/calls', { params: { query: { number, limit: 10 } } })),
      )
      return pages
        .flatMap((page) => page.data!.calls)
        .sort((one, other) => other.startedAt.localeCompare(one.startedAt))
        .slice(0, 20)
    },
  })
  return (
    <Panel title="Calls">
      {error ? <Failed error={error} stillWorks="The record above is complete." retry={refetch} /> : null}
      {numbers.length < phones.length ? (
        <p className={style.quiet}>Calls are found by whole telephones: reveal them to see the calls.</p>
      ) : data?.length === 0 || numbers.length === 0 ? (
        <p className={style.quiet}>No call from these telephones.</p>
      ) : null}
      <ul className={style.lines}>
        {data?.map((call) => (
          <li key={call.callId}>
            <Link href={`/calls/${call.callId}`}>
              <When at={call.startedAt} />
            </Link>
            <span>{answeredAs(call)}</span>
            <span className={style.quiet}>{call.outcome ?? phaseText(call.phase ?? '')}</span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

/** All that is on record of a customer. */
export const CustomerRecord = ({ id }: { id: string }) => {
  const { data, error, refetch } = useCustomer(id)
  const mayChange = useMay('operator')
  const mayDelete = useMay('manager')
  const [, navigate] = useLocation()
  const [isEditing, setIsEditing] = useState(false)
  const [isDeleting, setIsDeleting] = useState(false)
  const remove = useDeed(
    async () => api.DELETE('/customers/{id}', { params: { path: { id } } }),
    'The customer is deleted.',
  )
  if (error) return <Failed error={error} retry={refetch} />
  if (!data || data.id !== id) return <Reading />
  const name = `${data.firstName} ${data.lastName}`.trim()
  const facts = [
    ['E-mail', data.email],
    ['Address', data.address],
    ['Postcode', data.postcode],
  ] as const
  return (
    <>
      <p>
        <Link href="/customers">‹ All customers</Link>
      </p>
      <div className={style.head}>
        <h2>{name}</h2>
        <div className={style.inline}>
          {mayChange ? (
            <button type="button" onClick={() => setIsEditing(true)}>
              Change…
            </button>
          ) : null}
          {mayDelete ? (
            <button type="button" className="danger" onClick={() => setIsDeleting(true)}>
              Delete…
            </button>
          ) : null}
        </div>
      </div>
      <dl className={style.facts}>
        {facts.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value ?? '–'}</dd>
          </div>
        ))}
        <div>
          <dt>On record since</dt>
          <dd>
            <When at={data.createdAt} form="day" />
          </dd>
        </div>
      </dl>
      <div className={style.panels}>
        <Appointments customer={data} mayChange={mayChange} />
        <Phones customer={data} mayChange={mayChange} />
        <Notes customer={data} mayChange={mayChange} />
        <Calls phones={data.phones} />
      </div>
      {isEditing ? <CustomerForm customer={data} onClose={() => setIsEditing(false)} /> : null}
      <Confirm
        title={`Delete ${name}?`}
        isOpen={isDeleting}
        action="Delete the record"
        isDanger
        onClose={() => setIsDeleting(false)}
        onConfirm={async () => {
          await remove.mutateAsync(undefined)
          navigate('/customers')
        }}
      >
        <p>
          This deletes the record with {data.appointments.length} appointments, {data.notes.length} notes and{' '}
          {data.phones.length} telephones. Calls and messages stay; "Delete this caller" beside a telephone deletes
          those too.
        </p>
      </Confirm>
    </>
  )
}
