import { formFields, type FormSchema } from '@llc-phone/core/form'
import formStyle from '../../parts/form/form.module.css'
import { FieldView } from '../../parts/form/field-view.tsx'
import { useForm } from '../../parts/form/host.ts'
import { ListControl } from '../../parts/form/list-control.tsx'
import { TextControl } from '../../parts/form/text-controls.tsx'
import { Labelled } from '../../parts/form/ties.tsx'
import { isFields } from '../../parts/form/values.ts'
import { Reading } from '../../parts/states.tsx'
import style from './business.module.css'
import { useSchema, useValue } from './use-draft.tsx'
import { Assistants } from './assistants-tab.tsx'

/** Where messages of callers are sent. */
export const MessagesTab = () => {
  const form = useForm()
  const messages = useValue(['messages'])
  const toAt = (at: number) => {
    const entry: unknown = Array.isArray(messages) ? messages[at] : undefined
    return isFields(entry) && typeof entry.to === 'string' ? entry.to : undefined
  }
  return (
    <section className={style.section} aria-label="Messages">
      <p className={style.quiet}>
        Messages of callers are kept under Messages in any case. Here you say who is sent them at once.
      </p>
      <ListControl
        path={['messages']}
        noun="address"
        called={toAt}
        fresh={() => ({ to: '' })}
        max={20}
        isOrdered={false}
      >
        {(path) => (
          <div className={style.card}>
            <Labelled path={[...path, 'to']} label="E-mail address, or the web address of a program">
              {(ties) => (
                <TextControl path={[...path, 'to']} ties={ties} isRequired placeholder="office@pierbistro.example" />
              )}
            </Labelled>
            <label className={formStyle.check}>
              <input
                type="checkbox"
                disabled={form.isReadOnly}
                checked={form.get([...path, 'urgentOnly']) === true}
                onChange={({ target: { checked } }) => {
                  form.set([...path, 'urgentOnly'], checked ? true : undefined)
                  form.leave()
                }}
              />
              Only those that the caller calls urgent
            </label>
            {form.choices.people.length === 0 ? null : (
              <details className={formStyle.fold}>
                <summary>Only for some colleagues</summary>
                <FieldView
                  field={{ name: 'for', title: '', isRequired: false, control: { as: 'people' } }}
                  path={[...path, 'for']}
                />
              </details>
            )}
          </div>
        )}
      </ListControl>
    </section>
  )
}

/** Calls that are placed: by whom, and within which limits. */
export const OutboundTab = () => {
  const form = useForm()
  const { data } = useSchema()
  const outbound = useValue(['outbound'])
  if (!data) return <Reading />
  const schema = (data.sections['outbound'] ?? {}) as FormSchema
  const policy = formFields((schema.properties?.['policy'] ?? {}))
  if (outbound === undefined)
    return (
      <section className={style.section} aria-label="Outbound rules">
        <p>
          Nobody is called. Assistants can confirm appointments, return calls and ask for reviews, within limits that
          you set.
        </p>
        {form.isReadOnly ? null : (
          <button
            type="button"
            className={formStyle.add}
            onClick={() => {
              form.set(
                ['outbound'],
                firstRules(data.outboundKinds[0]?.name ?? 'outbound', form.choices.timeZone ?? 'UTC'),
              )
              form.leave()
            }}
          >
            Set up outbound calls
          </button>
        )}
      </section>
    )
  const instances = isFields(outbound) && isFields(outbound.modes) ? Object.keys(outbound.modes) : []
  return (
    <section className={style.section} aria-label="Outbound rules">
      <h2>Whom, when, how often</h2>
      {policy.map((field) => (
        <FieldView key={field.name} field={field} path={['outbound', 'policy', field.name]} />
      ))}
      <h2>Assistants that call</h2>
      <FieldView
        field={{
          name: 'default',
          title: 'Who calls when nothing else is said',
          isRequired: true,
          control: { as: 'choice', options: instances.map((value) => ({ value, label: value })) },
        }}
        path={['outbound', 'default']}
      />
      <Assistants at={['outbound', 'modes']} kinds={data.outboundKinds} />
      {form.isReadOnly ? null : (
        <button type="button" className={`danger ${formStyle.add}`} onClick={() => form.set(['outbound'], undefined)}>
          Call nobody any more
        </button>
      )}
    </section>
  )
}

/** Limits to begin with: few calls, at decent hours, for little money. */
const firstRules = (kind: string, timeZone: string) => ({
  modes: { reminders: { kind } },
  default: 'reminders',
  policy: {
    destinations: { countries: ['US'] },
    callingHours: { from: '09:00', to: '20:00', days: { sun: 'closed' } },
    frequency: [{ calls: 3, withinMs: 86_400_000 }],
    callsPerSecond: 1,
    maxConcurrent: 5,
    queue: { max: 100, maxAgeMs: 60_000 },
    spend: { perDayUsd: 20, reserveUsd: 1, carrierUsdPerMinute: 0.02, timeZone },
    ringSeconds: 25,
    maxCallSeconds: 1_800,
    detectMachines: true,
  },
})
