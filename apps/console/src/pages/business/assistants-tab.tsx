import { formFields, type FormSchema } from '@llc-phone/core/form'
import { useState } from 'react'
import { assistantName } from '../../parts/assistant-name.ts'
import { FieldView } from '../../parts/form/field-view.tsx'
import formStyle from '../../parts/form/form.module.css'
import { useForm } from '../../parts/form/host.ts'
import { ChoiceControl, JsonControl } from '../../parts/form/text-controls.tsx'
import { fieldId, Findings, Labelled } from '../../parts/form/ties.tsx'
import { isFields, keyFrom, type Path } from '../../parts/form/values.ts'
import { Reading } from '../../parts/states.tsx'
import style from './business.module.css'
import { GreetingEditor } from './greeting-editor.tsx'
import { useSchema, useValue } from './use-draft.tsx'

/** A kind of assistant, as the gateway describes it. */
export interface KindForm {
  readonly name: string
  readonly title: string
  readonly about: string
  readonly schema: Record<string, unknown>
}

/** What few change: it stands in a fold of its own. */
const TUNING = new Set([
  'openingTools',
  'greetingShield',
  'recordsGreeting',
  'turnTaking',
  'tuning',
  'patience',
  'grant',
  'profile',
])
const APART = new Set(['kind', 'greeting', 'voice'])

/** One assistant: what it does, its first words, and what its kind can be told. */
export const Assistant = ({ path, kinds }: { path: Path; kinds: readonly KindForm[] }) => {
  const form = useForm()
  const name = String(path.at(-1))
  const kindName = form.get([...path, 'kind'])
  const kind = kinds.find((each) => each.name === kindName)
  const fields = kind ? formFields(kind.schema) : []
  return (
    <div className={style.card} id={fieldId(path)} tabIndex={-1}>
      <header>
        <h3>
          {assistantName(name)}{' '}
          {kind?.title === assistantName(name) ? null : (
            <span className={style.quiet}>· {kind?.title ?? String(kindName)}</span>
          )}
        </h3>
        {form.isReadOnly ? null : (
          <button
            type="button"
            className={formStyle.small}
            aria-label={`Remove ${assistantName(name)}`}
            onClick={() => {
              form.set(path, undefined)
              form.leave()
            }}
          >
            ✕
          </button>
        )}
      </header>
      {kind ? (
        <>
          <p className={style.quiet}>{kind.about}</p>
          <GreetingEditor path={path} ring={name} />
          {fields
            .filter(({ name: field }) => !APART.has(field) && !TUNING.has(field))
            .map((field) => (
              <FieldView key={field.name} field={field} path={[...path, field.name]} />
            ))}
          <details className={formStyle.fold}>
            <summary>Tuning: patience, interruptions, limits</summary>
            <div className={formStyle.fields}>
              {fields
                .filter(({ name: field }) => TUNING.has(field))
                .map((field) => (
                  <FieldView key={field.name} field={field} path={[...path, field.name]} />
                ))}
            </div>
          </details>
          <Findings path={[...path, 'kind']} />
        </>
      ) : (
        <Labelled
          path={[...path, 'kind']}
          label="What it is told, as JSON"
          help="This gateway does not know what it is."
        >
          {(ties) => <JsonControl path={path} ties={ties} />}
        </Labelled>
      )}
      <Findings path={path} />
    </div>
  )
}

/** Names a new assistant and says what it does. */
const NewAssistant = ({ at, kinds }: { at: Path; kinds: readonly KindForm[] }) => {
  const form = useForm()
  const [name, setName] = useState('')
  const [kind, setKind] = useState('')
  const value = form.get(at)
  const keys = isFields(value) ? Object.keys(value) : []
  const add = () => {
    const key = keyFrom(name, keys)
    form.set([...at, key], { kind: kind || kinds[0]!.name })
    form.leave()
    setName('')
    requestAnimationFrame(() => document.getElementById(fieldId([...at, key]))?.focus())
  }
  return (
    <form
      className={style.row}
      onSubmit={(event) => {
        event.preventDefault()
        if (name.trim() !== '') add()
      }}
    >
      <input
        aria-label="Name of the new assistant"
        placeholder="Evening desk"
        value={name}
        maxLength={40}
        onChange={({ target }) => setName(target.value)}
      />
      <select
        aria-label="What the new assistant does"
        value={kind || kinds[0]?.name}
        onChange={({ target }) => setKind(target.value)}
      >
        {kinds.map((each) => (
          <option key={each.name} value={each.name}>
            {each.title}
          </option>
        ))}
      </select>
      <button type="submit" disabled={name.trim() === ''}>
        + Add assistant
      </button>
    </form>
  )
}

/** All assistants at a place of the document. */
export const Assistants = ({ at, kinds }: { at: Path; kinds: readonly KindForm[] }) => {
  const form = useForm()
  const value = form.get(at)
  const keys = isFields(value) ? Object.keys(value) : []
  return (
    <>
      {keys.map((key) => (
        <Assistant key={key} path={[...at, key]} kinds={kinds} />
      ))}
      <Findings path={at} />
      {form.isReadOnly ? null : <NewAssistant at={at} kinds={kinds} />}
    </>
  )
}

/** Who answers, and how. */
export const AssistantsTab = () => {
  const form = useForm()
  const { data } = useSchema()
  const profiles = useValue(['tuningProfiles'])
  if (!data) return <Reading />
  const profilesSchema = data.sections['tuningProfiles'] as FormSchema | undefined
  const [profileFields] = formFields({ properties: profilesSchema ? { tuningProfiles: profilesSchema } : {} })
  return (
    <section className={style.section} aria-label="Assistants">
      <h2>Who answers</h2>
      <div className={style.two}>
        <Labelled
          path={['numbers', 'unknown']}
          label="Every number that has no assistant of its own"
          help="Each number can have another one: see Numbers."
        >
          {(ties) => (
            <ChoiceControl
              path={['numbers', 'unknown']}
              ties={ties}
              isRequired
              options={form.choices.instances}
              none="Choose one"
            />
          )}
        </Labelled>
        <Labelled
          path={['numbers', 'fallback']}
          label="When no assistant can answer"
          help="Rung in an outage. Without it callers hear an apology."
        >
          {(ties) => (
            <ChoiceControl path={['numbers', 'fallback']} ties={ties} options={form.choices.routes} none="Nobody" />
          )}
        </Labelled>
      </div>
      <h2>Assistants</h2>
      <Assistants at={['modes']} kinds={data.kinds} />
      {profileFields ? (
        <details className={formStyle.fold} open={isFields(profiles) && Object.keys(profiles).length > 0}>
          <summary>Profiles to compare</summary>
          <FieldView field={{ ...profileFields, title: '' }} path={['tuningProfiles']} />
        </details>
      ) : null}
    </section>
  )
}
