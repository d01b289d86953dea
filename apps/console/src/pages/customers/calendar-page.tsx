import { useState, type KeyboardEvent } from 'react'
import { useLocation } from 'wouter'
import { useBusiness } from '../../app/business.ts'
import { useMay } from '../../app/session.ts'
import { addDays, clockOf, dayIn } from '../../parts/moments.ts'
import { Failed, Reading } from '../../parts/states.tsx'
import { useFilters } from '../../parts/use-filters.ts'
import { useHalfMinutes } from '../../parts/use-now.ts'
import { Booking, CancelAppointment, type BookingWish } from './booking.tsx'
import { clockText, daysOf, dayText, placed, shownMinutes } from './calendar-days.ts'
import { useAppointments, useCalendar, type Appointment, type Calendar } from './customers-api.ts'
import style from './calendar.module.css'

const FILTERS = ['view', 'date'] as const
const HOUR_PX = 56

const Day = (props: {
  day: Calendar['days'][number]
  calendar: Calendar
  appointments: readonly Appointment[]
  shown: readonly [number, number]
  isToday: boolean
  onBook?: (() => void) | undefined
  onOpen: (appointment: Appointment) => void
}) => {
  const { day, calendar, appointments, shown, isToday, onBook, onOpen } = props
  const [from, to] = shown
  const top = (minutes: number) => `${((minutes - from) / 60) * HOUR_PX}px`
  return (
    <section className={style.day} aria-label={dayText(day.date)}>
      <header>
        <h3 className={isToday ? style.today : undefined}>
          {dayText(day.date)}
          {isToday ? <span className="unseen"> (today)</span> : null}
        </h3>
        {day.open.length === 0 ? <span>closed{day.closedFor ? `: ${day.closedFor}` : ''}</span> : null}
        {onBook && day.open.length > 0 ? (
          <button type="button" className="link" onClick={onBook}>
            book<span className="unseen"> on {dayText(day.date)}</span>
          </button>
        ) : null}
      </header>
      <div className={style.grid} style={{ blockSize: top(to) }}>
        {day.open.map(({ opens, closes }) => (
          <div
            key={opens}
            className={style.open}
            style={{ top: top(opens), blockSize: `${((Math.min(closes, to) - opens) / 60) * HOUR_PX}px` }}
          />
        ))}
        {placed(day.date, appointments, calendar).map(({ appointment, minutes, lane, lanes }) => (
          <button
            key={appointment.id}
            type="button"
            className={style.booked}
            style={{
              top: top(minutes),
              blockSize: `${Math.max(26, (appointment.durationMinutes / 60) * HOUR_PX - 2)}px`,
              insetInlineStart: `${(lane / lanes) * 100}%`,
              inlineSize: `calc(${100 / lanes}% - 3px)`,
            }}
            onClick={() => onOpen(appointment)}
          >
            <strong>{clockText(minutes)}</strong> {appointment.customerName}
            <span> · {appointment.service}</span>
          </button>
        ))}
      </div>
    </section>
  )
}

/** What is booked, by day and resource; one day, or a week. */
export const CalendarPage = () => {
  const filters = useFilters(FILTERS)
  const { zone } = useBusiness()
  const mayBook = useMay('operator')
  const [, navigate] = useLocation()
  const [wish, setWish] = useState<BookingWish>()
  const [open, setOpen] = useState<Appointment>()
  const [cancelling, setCancelling] = useState<Appointment>()
  const now = useHalfMinutes()
  const today = dayIn(zone, now)
  // A phone has room for a day.
  const usual = matchMedia('(width < 720px)').matches ? 'day' : 'week'
  const view = filters.values.view === 'day' || filters.values.view === 'week' ? filters.values.view : usual
  const date = filters.values.date ?? today
  const dates = daysOf(view, date)
  const calendar = useCalendar(dates[0]!, dates.length)
  // A day more on both sides: the route takes moments, the days are local.
  const booked = useAppointments(`${addDays(dates[0]!, -1)}T00:00:00Z`, `${addDays(dates.at(-1)!, 2)}T00:00:00Z`)
  const go = (by: number) => filters.set({ date: addDays(date, by * dates.length) })
  const byKey = (event: KeyboardEvent) => {
    if (
      (event.target as HTMLElement).matches('input, select, dialog *') ||
      event.altKey ||
      event.ctrlKey ||
      event.metaKey
    )
      return
    if (event.key === 'PageUp') go(-1)
    else if (event.key === 'PageDown') go(1)
    else if (event.key === 't') filters.set({ date: undefined })
    else return
    event.preventDefault()
  }
  const { data } = calendar
  const appointments = booked.data ?? []
  const inView = appointments.flatMap((each) => {
    const clock = clockOf(each.startsAt, zone)
    return dates.includes(clock.date) ? [{ ...each, minutes: clock.minutes }] : []
  })
  const shown = data && shownMinutes(data.days, inView)
  const isPast = open !== undefined && new Date(open.startsAt).getTime() <= now
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- keys of the whole view; every one has a button too
    <div onKeyDown={byKey}>
      <div className={style.bar}>
        <button type="button" onClick={() => go(-1)} aria-label={`The ${view} before`} title="Page up">
          ‹
        </button>
        <button type="button" onClick={() => filters.set({ date: undefined })} title="t">
          Today
        </button>
        <button type="button" onClick={() => go(1)} aria-label={`The ${view} after`} title="Page down">
          ›
        </button>
        <h2>
          {dayText(dates[0]!)}
          {dates.length > 1 ? ` – ${dayText(dates.at(-1)!)}` : ''}
        </h2>
        <label>
          <span className="unseen">Day</span>
          <input
            type="date"
            value={date}
            onChange={(event) => filters.set({ date: event.target.value || undefined })}
          />
        </label>
        <label>
          <span className="unseen">View</span>
          <select value={view} onChange={(event) => filters.set({ view: event.target.value })}>
            <option value="week">Week</option>
            <option value="day">Day</option>
          </select>
        </label>
        {mayBook ? (
          <button type="button" className="primary" onClick={() => setWish({ date: date < today ? today : date })}>
            Book…
          </button>
        ) : null}
      </div>
      {(calendar.error ?? booked.error) ? (
        <Failed
          error={calendar.error ?? booked.error}
          stillWorks="Callers are answered."
          retry={() => void calendar.refetch().then(() => booked.refetch())}
        />
      ) : null}
      {!data || !shown ? (
        <Reading />
      ) : (
        <>
          {data.resources.length > 1 ? (
            <p className={style.lanes}>Side by side: {data.resources.map(({ name }) => name).join(' · ')}</p>
          ) : null}
          <div className={style.calendar}>
            <div className={style.hours} aria-hidden="true">
              {Array.from({ length: (shown[1] - shown[0]) / 60 }, (_, hour) => (
                <span key={hour} style={{ top: `${hour * HOUR_PX}px` }}>
                  {clockText(shown[0] + hour * 60)}
                </span>
              ))}
            </div>
            {data.days.map((day) => (
              <Day
                key={day.date}
                day={day}
                calendar={data}
                appointments={appointments}
                shown={shown}
                isToday={day.date === today}
                onBook={mayBook && day.date >= today ? () => setWish({ date: day.date }) : undefined}
                onOpen={setOpen}
              />
            ))}
          </div>
        </>
      )}
      <Booking wish={wish} onClose={() => setWish(undefined)} />
      <CancelAppointment appointment={cancelling} onClose={() => setCancelling(undefined)} />
      {open ? (
        <section className={style.chosen} aria-label="The chosen appointment">
          <p>
            <strong>{open.customerName}</strong>: {open.service}, {dayText(clockOf(open.startsAt, zone).date)}{' '}
            {clockText(clockOf(open.startsAt, zone).minutes)}, {open.durationMinutes} min
          </p>
          <div>
            <button type="button" onClick={() => navigate(`/customers/${open.customerId}`)}>
              Open the record
            </button>
            {mayBook && !isPast ? (
              <>
                <button type="button" onClick={() => (setWish({ moving: open }), setOpen(undefined))}>
                  Move…
                </button>
                <button type="button" className="danger" onClick={() => (setCancelling(open), setOpen(undefined))}>
                  Cancel it…
                </button>
              </>
            ) : null}
            <button type="button" aria-label="Close" onClick={() => setOpen(undefined)}>
              ✕
            </button>
          </div>
        </section>
      ) : null}
    </div>
  )
}
