import { useState } from 'react'
import { CheckControl } from '../../parts/form/check-control.tsx'
import { DatesControl } from '../../parts/form/dates-control.tsx'
import formStyle from '../../parts/form/form.module.css'
import { useForm } from '../../parts/form/host.ts'
import { HoursControl } from '../../parts/form/hours-control.tsx'
import { ListControl } from '../../parts/form/list-control.tsx'
import { TelephoneControl } from '../../parts/form/telephone-control.tsx'
import { ChoiceControl, TextControl } from '../../parts/form/text-controls.tsx'
import { fieldId, Findings, Labelled } from '../../parts/form/ties.tsx'
import { isFields, keyFrom, moved, type Path } from '../../parts/form/values.ts'
import style from './business.module.css'
import { useValue } from './use-draft.tsx'

/** Hours of a department or a person: none of their own, or these. */
const OwnHours = ({ path, usual }: { path: Path; usual: string }) => {
  const form = useForm()
  const hours = form.get(path)
  return (
    <details className={formStyle.fold}>
      <summary>{hours === undefined ? `Hours: ${usual}` : 'Hours of their own'}</summary>
      <label className={formStyle.check}>
        <input
          type="checkbox"
          disabled={form.isReadOnly}
          checked={hours !== undefined}
          onChange={({ target: { checked } }) => {
            form.set(path, checked ? (form.get(['business', 'hours']) ?? { 'mon-fri': '09:00-17:00' }) : undefined)
            form.leave()
          }}
        />
        Hours of their own
      </label>
      {hours === undefined ? null : <HoursControl path={path} />}
    </details>
  )
}

/** A yes or no that is no when nothing is said, with what is wrong about it. */
const Check = ({ path, label }: { path: Path; label: string }) => (
  <>
    <CheckControl path={path} label={label} />
    <Findings path={path} />
  </>
)

const Department = ({ name, onMove }: { name: string; onMove?: (by: number) => void }) => {
  const form = useForm()
  const path = ['routes', name]
  const route = form.get(path)
  if (!isFields(route)) return null
  const isVoicemail = Object.hasOwn(route, 'voicemail')
  const label = typeof route.label === 'string' && route.label !== '' ? route.label : 'this department'
  return (
    <div className={style.card} id={fieldId(path)} tabIndex={-1}>
      <header>
        <h3>{label}</h3>
        {form.isReadOnly ? null : (
          <span>
            {onMove ? (
              <>
                <button
                  type="button"
                  className={formStyle.small}
                  aria-label={`Move ${label} up`}
                  onClick={() => onMove(-1)}
                >
                  ↑
                </button>
                <button
                  type="button"
                  className={formStyle.small}
                  aria-label={`Move ${label} down`}
                  onClick={() => onMove(1)}
                >
                  ↓
                </button>
              </>
            ) : null}
            <button
              type="button"
              className={formStyle.small}
              aria-label={`Remove ${label}`}
              onClick={() => {
                form.set(path, undefined)
                form.leave()
              }}
            >
              ✕
            </button>
          </span>
        )}
      </header>
      <div className={style.two}>
        <Labelled
          path={[...path, 'label']}
          label="Name, as callers hear it"
          help="Goes on after “I’ll connect you with”."
        >
          {(ties) => (
            <TextControl
              path={[...path, 'label']}
              ties={ties}
              isRequired
              maxLength={60}
              placeholder="the billing department"
            />
          )}
        </Labelled>
        {isVoicemail ? (
          <p className={style.quiet}>Takes a recorded message; nobody is rung.</p>
        ) : (
          <Labelled path={[...path, 'number']} label="Telephone">
            {(ties) => <TelephoneControl path={[...path, 'number']} ties={ties} />}
          </Labelled>
        )}
      </div>
      <Labelled path={[...path, 'when']} label="What callers want who belong here" help="The assistant goes by it.">
        {(ties) => (
          <TextControl
            path={[...path, 'when']}
            ties={ties}
            isLong
            maxLength={120}
            placeholder="invoices and payments"
          />
        )}
      </Labelled>
      <OwnHours path={[...path, 'hours']} usual="always open" />
      <details className={formStyle.fold}>
        <summary>More</summary>
        <div className={formStyle.fields}>
          {form.get([...path, 'hours']) === undefined ? null : (
            <Labelled path={[...path, 'afterHours']} label="Outside these hours">
              {(ties) => (
                <ChoiceControl
                  path={[...path, 'afterHours']}
                  ties={ties}
                  options={form.choices.routes.filter(({ value }) => value !== name)}
                  none="The assistant takes a message"
                />
              )}
            </Labelled>
          )}
          {isVoicemail ? null : (
            <Labelled
              path={[...path, 'extension']}
              label="Extension"
              help="Keys that are pressed once the number has answered."
            >
              {(ties) => <TextControl path={[...path, 'extension']} ties={ties} maxLength={30} placeholder="22" />}
            </Labelled>
          )}
          <Check path={[...path, 'openOnClosures']} label="Also reached on closed days, as an emergency line is" />
        </div>
      </details>
      <Findings path={path} />
    </div>
  )
}

/** Departments and voicemail: where callers can be connected to. */
export const Departments = () => {
  const form = useForm()
  const routes = useValue(['routes'])
  const [said, setSaid] = useState('')
  const keys = isFields(routes) ? Object.keys(routes) : []
  const add = (label: string, fields: object) => {
    const key = keyFrom(label, keys)
    form.set(['routes', key], { label, ...fields })
    requestAnimationFrame(() => document.getElementById(fieldId(['routes', key, 'label']))?.focus())
  }
  const move = (at: number, by: number) => {
    const order = moved(keys, at, at + by)
    if (isFields(routes)) form.set(['routes'], Object.fromEntries(order.map((key) => [key, routes[key]])))
    setSaid(`now at place ${Math.min(keys.length, Math.max(1, at + by + 1))} of ${keys.length}`)
  }
  return (
    <>
      {keys.map((key, at) => (
        <Department key={key} name={key} {...(keys.length > 1 ? { onMove: (by: number) => move(at, by) } : {})} />
      ))}
      <output className="unseen">{said}</output>
      <Findings path={['routes']} />
      {form.isReadOnly ? null : (
        <div className={style.row}>
          <button
            type="button"
            onClick={() => add(keys.length === 0 ? 'the office' : 'the new department', { number: '' })}
          >
            + Add a telephone
          </button>
          <button type="button" onClick={() => add('our voicemail', { voicemail: true })}>
            + Add voicemail
          </button>
        </div>
      )}
    </>
  )
}

/** People and departments that callers ask for by name. */
export const Colleagues = () => {
  const form = useForm()
  const directory = useValue(['directory'])
  const nameAt = (at: number) => {
    const entry: unknown = Array.isArray(directory) ? directory[at] : undefined
    return isFields(entry) && typeof entry.name === 'string' ? entry.name : undefined
  }
  return (
    <ListControl path={['directory']} noun="colleague" called={nameAt} fresh={() => ({ name: '' })} max={50}>
      {(path) => (
        <div className={style.card}>
          <div className={style.two}>
            <Labelled path={[...path, 'name']} label="Name, as callers say it">
              {(ties) => (
                <TextControl path={[...path, 'name']} ties={ties} isRequired maxLength={60} placeholder="Rosa Diaz" />
              )}
            </Labelled>
            <Labelled path={[...path, 'role']} label="What they do">
              {(ties) => <TextControl path={[...path, 'role']} ties={ties} maxLength={60} placeholder="chef" />}
            </Labelled>
            <Labelled path={[...path, 'route']} label="Reached at">
              {(ties) => (
                <ChoiceControl
                  path={[...path, 'route']}
                  ties={ties}
                  options={form.choices.routes}
                  none="Only messages are taken"
                />
              )}
            </Labelled>
            <Labelled path={[...path, 'transfer']} label="Callers are connected">
              {(ties) => (
                <ChoiceControl
                  path={[...path, 'transfer']}
                  ties={ties}
                  none="At once"
                  options={[{ value: 'warm', label: 'After they were told who is calling' }]}
                />
              )}
            </Labelled>
          </div>
          <Check path={[...path, 'doNotDisturb']} label="Takes no calls for now" />
          <OwnHours path={[...path, 'hours']} usual="those of the business" />
          <details className={formStyle.fold}>
            <summary>Days away</summary>
            <DatesControl path={[...path, 'absences']} withReason={false} />
            <Check path={[...path, 'openOnClosures']} label="Takes calls on closed days, too" />
          </details>
        </div>
      )}
    </ListControl>
  )
}

/** Who can be reached. */
export const PeopleTab = () => (
  <section className={style.section} aria-label="Departments and people">
    <h2>Departments</h2>
    <p className={style.quiet}>Telephones that callers can be connected with. No number is ever said aloud.</p>
    <Departments />
    <h2>Colleagues</h2>
    <p className={style.quiet}>Whom callers may ask for by name.</p>
    <Colleagues />
  </section>
)
