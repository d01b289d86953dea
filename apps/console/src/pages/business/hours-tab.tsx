import { DatesControl } from '../../parts/form/dates-control.tsx'
import { useForm } from '../../parts/form/host.ts'
import formStyle from '../../parts/form/form.module.css'
import { HoursControl } from '../../parts/form/hours-control.tsx'
import { hoursOf } from '../../parts/form/hours.ts'
import style from './business.module.css'
import { useDraft, useValue } from './use-draft.tsx'
import { openingWords } from './business-words.ts'

/** Opening hours, or the choice to have none. */
export const BusinessHours = () => {
  const form = useForm()
  const hours = useValue(['business', 'hours'])
  const weekdays = hoursOf([...Array.from({ length: 5 }, () => [{ from: '09:00', to: '17:00' }]), [], []])
  return (
    <>
      <label className={formStyle.check}>
        <input
          type="checkbox"
          checked={hours !== undefined}
          disabled={form.isReadOnly}
          onChange={({ target: { checked } }) => {
            form.set(['business', 'hours'], checked ? weekdays : undefined)
            form.leave()
          }}
        />
        We have opening hours
      </label>
      {hours === undefined ? (
        <p className={style.quiet}>Without any, callers are told of no hours and people are rung at any time.</p>
      ) : (
        <HoursControl path={['business', 'hours']} />
      )}
    </>
  )
}

/** When the business is open, and the days on which it is not. Closed days first: they are what changes. */
export const HoursTab = () => {
  const { state } = useDraft()
  const zone = useValue(['business', 'timeZone'])
  const opening = (state.draft ?? state.inForce)?.opening
  return (
    <section className={style.section} aria-label="Hours and closed days">
      {opening ? (
        <p className={style.now}>Now: {openingWords(opening, typeof zone === 'string' ? zone : undefined)}</p>
      ) : null}
      <h2>Closed days</h2>
      <p className={style.quiet}>
        Holidays, outings, works: on these days nobody is rung whatever the hours, and callers are told why.
      </p>
      <DatesControl path={['business', 'closures']} />
      <h2>Opening hours</h2>
      <BusinessHours />
      {typeof zone === 'string' ? <p className={style.quiet}>Times are those of {zone.replaceAll('_', ' ')}.</p> : null}
    </section>
  )
}
