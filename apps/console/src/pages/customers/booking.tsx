import { useState } from 'react'
import { api } from '../../api/client.ts'
import { useBusiness } from '../../app/business.ts'
import { Confirm } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { addDays, dayIn, momentText } from '../../parts/moments.ts'
import { Failed, Reading } from '../../parts/states.tsx'
import { useHalfMinutes } from '../../parts/use-now.ts'
import { useCalendar, useCustomers, useDeed, useFreeTimes, type Appointment } from './customers-api.ts'
import { dayText } from './calendar-days.ts'
import style from './customers.module.css'

/** What a booking begins with. */
export interface BookingWish {
  readonly customerId?: string
  readonly customerName?: string
  readonly date?: string
  /** The appointment that is moved. */
  readonly moving?: Appointment
}

const Times = (props: {
  service: string
  date: string
  moving?: string | undefined
  chosen: string
  onChoose: (at: string) => void
}) => {
  const { service, date, moving, chosen, onChoose } = props
  const { zone } = useBusiness()
  const { data, error } = useFreeTimes(service, date, moving)
  if (error) return <Failed error={error} />
  if (service === '' || date === '') return null
  if (!data) return <Reading />
  if (data.length === 0)
    return <p className={style.quiet}>Nothing is free on {dayText(date)}: it is closed, full or past.</p>
  return (
    <div className={style.times} role="radiogroup" aria-label={`Free times on ${dayText(date)}`}>
      {data.map((at) => (
        <label key={at}>
          <input type="radio" name="time" checked={at === chosen} onChange={() => onChoose(at)} />
          <span>{momentText(at, 'time', zone)}</span>
        </label>
      ))}
    </div>
  )
}

const WhoFor = ({ chosen, onChoose }: { chosen: string; onChoose: (id: string) => void }) => {
  const [q, setQ] = useState('')
  const { data } = useCustomers(q.trim() || undefined, undefined)
  return (
    <Field label="For whom" help="Type a part of the name, then choose.">
      {(ties) => (
        <>
          <input {...ties} type="search" value={q} onChange={(event) => setQ(event.target.value)} />
          <select aria-label="Customer" value={chosen} onChange={(event) => onChoose(event.target.value)}>
            <option value="">choose…</option>
            {data?.customers.map(({ id, firstName, lastName }) => (
              <option key={id} value={id}>
                {firstName} {lastName}
              </option>
            ))}
          </select>
        </>
      )}
    </Field>
  )
}

const Form = ({ wish, onClose }: { wish: BookingWish; onClose: () => void }) => {
  const { zone } = useBusiness()
  const today = dayIn(zone, useHalfMinutes())
  const { moving } = wish
  const [customerId, setCustomerId] = useState(moving?.customerId ?? wish.customerId ?? '')
  const [service, setService] = useState(moving?.serviceId ?? '')
  const [date, setDate] = useState(moving ? dayIn(zone, moving.startsAt) : (wish.date ?? today))
  const [startsAt, setStartsAt] = useState('')
  const { data } = useCalendar(date || today, 1)
  const book = useDeed(
    async () =>
      moving
        ? api.PATCH('/appointments/{id}', { params: { path: { id: moving.id } }, body: { startsAt } })
        : api.POST('/appointments', { body: { customerId, serviceId: service, startsAt } }),
    moving ? 'The appointment is moved.' : 'The appointment is booked.',
  )
  const day = data?.days[0]
  const save = () => {
    if (!customerId || !service || !startsAt) throw new Error('Choose for whom, what, and a free time.')
    return book.mutateAsync(undefined)
  }
  const choose = (to: string) => {
    setDate(to)
    setStartsAt('')
  }
  return (
    <Confirm
      title={
        moving
          ? `Move ${moving.customerName}'s ${moving.service}`
          : `Book${wish.customerName ? ` for ${wish.customerName}` : ''}`
      }
      isOpen
      action={
        startsAt ? `${moving ? 'Move to' : 'Book'} ${momentText(startsAt, 'both', zone)}` : moving ? 'Move' : 'Book'
      }
      onClose={onClose}
      onConfirm={async () => save()}
    >
      {moving || wish.customerId ? null : <WhoFor chosen={customerId} onChoose={setCustomerId} />}
      {moving ? null : (
        <Field label="What">
          {(ties) => (
            <select {...ties} value={service} onChange={(event) => (setService(event.target.value), setStartsAt(''))}>
              <option value="">choose…</option>
              {data?.services.map(({ id, name, durationMinutes }) => (
                <option key={id} value={id}>
                  {name}, {durationMinutes} min
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      <Field
        label="Day"
        help={day && day.open.length === 0 ? `Closed${day.closedFor ? `: ${day.closedFor}` : ''}.` : undefined}
      >
        {(ties) => (
          <span className={style.day}>
            <button
              type="button"
              aria-label="The day before"
              disabled={date <= today}
              onClick={() => choose(addDays(date, -1))}
            >
              ‹
            </button>
            <input {...ties} type="date" min={today} value={date} onChange={(event) => choose(event.target.value)} />
            <button type="button" aria-label="The day after" onClick={() => choose(addDays(date, 1))}>
              ›
            </button>
          </span>
        )}
      </Field>
      <Times service={service} date={date} moving={moving?.id} chosen={startsAt} onChoose={setStartsAt} />
    </Confirm>
  )
}

/** Books or moves an appointment: only times that are free can be chosen. */
export const Booking = ({ wish, onClose }: { wish: BookingWish | undefined; onClose: () => void }) =>
  wish ? <Form wish={wish} onClose={onClose} /> : null

/** Asks once, then cancels an appointment. */
export const CancelAppointment = ({
  appointment,
  onClose,
}: {
  appointment: Appointment | undefined
  onClose: () => void
}) => {
  const { zone } = useBusiness()
  const cancel = useDeed(
    async (id: string) => api.DELETE('/appointments/{id}', { params: { path: { id } } }),
    'The appointment is cancelled.',
  )
  return (
    <Confirm
      title={`Cancel ${appointment?.customerName ?? ''}'s ${appointment?.service ?? ''}?`}
      isOpen={appointment !== undefined}
      action="Cancel the appointment"
      isDanger
      onClose={onClose}
      onConfirm={() => cancel.mutateAsync(appointment!.id)}
    >
      <p>
        {appointment ? momentText(appointment.startsAt, 'both', zone) : ''}. Its time is free again. Nobody is told.
      </p>
    </Confirm>
  )
}
