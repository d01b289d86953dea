import style from './form.module.css'
import { useForm } from './host.ts'
import { DAYS, hoursOf, weekOf, withPause, type Range } from './hours.ts'
import { fieldId, Findings } from './ties.tsx'
import type { Path } from './values.ts'

const NAMES = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

/** Opening hours, a line for each day: several ranges, a pause, closed, and copying a day to the ones below. */
export const HoursControl = ({ path }: { path: Path }) => {
  const form = useForm()
  const week = weekOf(form.get(path))
  const setDay = (at: number, ranges: readonly Range[]) => form.set(path, hoursOf(week.with(at, ranges)))
  const copyDown = (at: number) =>
    form.set(path, hoursOf(week.map((ranges, day) => (day > at && day < 5 + Number(at >= 4) * 2 ? week[at]! : ranges))))
  return (
    <div className={style.days} id={fieldId(path)} tabIndex={-1} onBlur={form.leave}>
      {week.map((ranges, at) => (
        <div key={DAYS[at]} className={style.day}>
          <span className={style.title}>{NAMES[at]}</span>
          <div className={style.row}>
            {ranges.length === 0 ? <span className={style.closed}>closed</span> : null}
            {ranges.map((range, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- a range is its place in the day
              <span key={index} className={style.range}>
                {(['from', 'to'] as const).map((edge) => (
                  <input
                    key={edge}
                    type="time"
                    value={range[edge]}
                    disabled={form.isReadOnly}
                    aria-label={`${NAMES[at]} ${edge === 'from' ? 'opens' : 'closes'}${index > 0 ? ' again' : ''}`}
                    onChange={({ target: { value } }) => setDay(at, ranges.with(index, { ...range, [edge]: value }))}
                  />
                ))}
                {form.isReadOnly ? null : (
                  <button
                    type="button"
                    className={style.small}
                    aria-label={`Remove these hours of ${NAMES[at]}`}
                    onClick={() => setDay(at, ranges.toSpliced(index, 1))}
                  >
                    ✕
                  </button>
                )}
              </span>
            ))}
            {form.isReadOnly ? null : (
              <>
                <button
                  type="button"
                  className={style.small}
                  aria-label={ranges.length === 0 ? `Open on ${NAMES[at]}` : `Add a pause on ${NAMES[at]}`}
                  onClick={() => setDay(at, withPause(ranges))}
                >
                  {ranges.length === 0 ? '+ open' : '+ pause'}
                </button>
                {at < 6 && ranges.length > 0 ? (
                  <button
                    type="button"
                    className={style.small}
                    aria-label={`Copy the hours of ${NAMES[at]} to ${at < 4 ? 'the weekdays below' : 'the days below'}`}
                    onClick={() => copyDown(at)}
                  >
                    copy ↓
                  </button>
                ) : null}
              </>
            )}
          </div>
          <Findings path={[...path, DAYS[at]!]} />
        </div>
      ))}
      <Findings path={path} />
    </div>
  )
}
