import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { Badge } from '../../parts/badge.tsx'
import { DatesControl } from '../../parts/form/dates-control.tsx'
import formStyle from '../../parts/form/form.module.css'
import { useForm } from '../../parts/form/host.ts'
import { TextControl, TimeZoneControl } from '../../parts/form/text-controls.tsx'
import { Labelled } from '../../parts/form/ties.tsx'
import { valueAt } from '../../parts/form/values.ts'
import { browserZone } from '../../parts/moments.ts'
import { AnswersEditor } from './answers-tab.tsx'
import style from './business.module.css'
import { TryDraft } from './draft-bar.tsx'
import { FindingsList } from './findings-list.tsx'
import { GreetingEditor } from './greeting-editor.tsx'
import { BusinessHours } from './hours-tab.tsx'
import { Colleagues, Departments } from './people-tab.tsx'
import { PublishDialog } from './publish-dialog.tsx'
import { Steps, useTemplates } from './set-up-list.tsx'
import { confirmStep } from './set-up-state.ts'
import { findingsOf, useDraft, useValue } from './use-draft.tsx'
import { STEPS, type StepKey } from './business-words.ts'

const TEMPLATES: Readonly<Record<string, string>> = {
  'dental-practice': 'Dental practice',
  restaurant: 'Restaurant',
  'repair-shop': 'Repair shop',
  empty: 'Empty',
}

const Begin = () => {
  const { store, state } = useDraft()
  const { data: templates = [] } = useTemplates()
  const [chosen, setChosen] = useState<string>()
  const [, go] = useLocation()
  const begin = async (document: unknown, name: string) => {
    setChosen(name)
    const business = valueAt(document, ['business'])
    // The zone of whoever sets it up is nearer than that of a template.
    const zone = browserZone() === 'UTC' ? {} : { timeZone: browserZone() }
    store.setDocument({ ...(document as object), business: { ...(business as object), ...zone } })
    await store.flush()
    go('/business/set-up/name')
  }
  return (
    <>
      <div className={style.choices}>
        {templates.map(({ name, about, document }) => (
          <button
            key={name}
            type="button"
            className={style.choice}
            aria-pressed={chosen === name}
            onClick={() => void begin(document, name)}
          >
            <strong>{TEMPLATES[name] ?? name}</strong>
            <span className={style.quiet}>{about}</span>
          </button>
        ))}
      </div>
      {state.draft ? (
        <p className={style.warn}>▲ To choose again replaces what you have filled in. “Undo” brings it back.</p>
      ) : null}
    </>
  )
}

const Name = () => (
  <>
    <Labelled path={['business', 'name']} label="Name of the business" help="As callers hear it.">
      {(ties) => (
        <TextControl path={['business', 'name']} ties={ties} isRequired maxLength={80} placeholder="Pier Bistro" />
      )}
    </Labelled>
    <Labelled
      path={['business', 'timeZone']}
      label="Time zone"
      help="Type the name of a large city nearby. Your hours and dates are those of this zone."
    >
      {(ties) => <TimeZoneControl path={['business', 'timeZone']} ties={ties} />}
    </Labelled>
    <Labelled path={['business', 'address']} label="Address" help="Told to callers who ask.">
      {(ties) => (
        <TextControl path={['business', 'address']} ties={ties} maxLength={200} placeholder="3 Pier Street, Monterey" />
      )}
    </Labelled>
    <Labelled path={['business', 'website']} label="Website" help="Told to callers who ask.">
      {(ties) => (
        <TextControl path={['business', 'website']} ties={ties} maxLength={200} placeholder="pierbistro.example" />
      )}
    </Labelled>
  </>
)

const Hours = () => (
  <>
    <BusinessHours />
    <h3>Closed days</h3>
    <DatesControl path={['business', 'closures']} />
  </>
)

const People = () => {
  const form = useForm()
  const fallback = form.get(['numbers', 'fallback'])
  const [first] = form.choices.routes
  return (
    <>
      <Departments />
      {first ? (
        <label className={formStyle.check}>
          <input
            type="checkbox"
            checked={fallback !== undefined}
            onChange={({ target: { checked } }) => {
              form.set(['numbers', 'fallback'], checked ? first.value : undefined)
              form.leave()
            }}
          />
          Ring {form.choices.routes.find(({ value }) => value === fallback)?.label ?? first.label} when the assistant
          cannot answer
        </label>
      ) : null}
      <h3>Colleagues</h3>
      <p className={style.quiet}>
        Whom callers may ask for by name. A template’s are made up: put yours in their place.
      </p>
      <Colleagues />
    </>
  )
}

const Greeting = () => {
  const unknown = useValue(['numbers', 'unknown'])
  const name = typeof unknown === 'string' ? unknown : 'frontDesk'
  return <GreetingEditor path={['modes', name]} ring={name} />
}

const Try = () => (
  <>
    <p>
      The softphone opens beside this page. Speak, or type what you say. If somebody would be rung, you are told who,
      and nobody is.
    </p>
    <div className={style.row}>
      <TryDraft />
    </div>
    <FindingsList />
  </>
)

const Numbers = () => (
  <p>
    <Link href="/numbers">Look at your numbers</Link>, and connect them there. You can do that later, too: until then
    the softphone rings everything.
  </p>
)

const Publish = () => {
  const { state } = useDraft()
  const [isOpen, setIsOpen] = useState(false)
  const [, go] = useLocation()
  const isPublished = state.inForce?.source === 'stored'
  if (isPublished && !state.draft)
    return (
      <p>
        <Badge tone="good">Published</Badge> Callers hear it from the next call.{' '}
        <Link href="/business/hours">Change something</Link>
      </p>
    )
  return (
    <>
      <FindingsList />
      <div className={style.row}>
        <button type="button" className="primary" disabled={!state.draft} onClick={() => setIsOpen(true)}>
          Publish…
        </button>
      </div>
      <PublishDialog isOpen={isOpen} onClose={() => setIsOpen(false)} onDone={() => go('/')} />
    </>
  )
}

const SCREENS: Readonly<Record<StepKey, () => React.ReactNode>> = {
  begin: Begin,
  name: Name,
  hours: Hours,
  people: People,
  greeting: Greeting,
  answers: AnswersEditor,
  try: Try,
  numbers: Numbers,
  publish: Publish,
}

/** One step of the first run; each is saved at once, and can be come back to. */
export const SetUpPage = ({ step }: { step: string | undefined }) => {
  const { store, state } = useDraft()
  const [, go] = useLocation()
  const at = STEPS.findIndex(({ key }) => key === step)
  if (at < 0)
    return (
      <section className={style.section} aria-label="Set-up">
        <Steps />
      </section>
    )
  const { key, title, about } = STEPS[at]!
  const Screen = SCREENS[key]
  const errors = findingsOf(state).filter(({ severity }) => severity === 'error').length
  const next = STEPS[at + 1]
  return (
    <section className={style.section} aria-label={title}>
      <p className={style.quiet}>
        <Link href="/business/set-up">All steps</Link> · step {at + 1} of {STEPS.length}
      </p>
      <h2>{title}</h2>
      <p className={style.quiet}>{about}</p>
      {!state.draft && key !== 'begin' && key !== 'publish' ? (
        <p>
          <Link href="/business/set-up/begin">Choose what to begin with</Link> first.
        </p>
      ) : (
        <Screen key={key} />
      )}
      <div className={style.row}>
        {at > 0 ? <Link href={`/business/set-up/${STEPS[at - 1]!.key}`}>‹ {STEPS[at - 1]!.title}</Link> : null}
        {next && key !== 'begin' ? (
          <button
            type="button"
            className="primary"
            disabled={!state.draft}
            onClick={() => {
              confirmStep(key)
              void store.flush()
              go(`/business/set-up/${next.key}`)
            }}
          >
            Next: {next.title}
          </button>
        ) : null}
        {errors > 0 && key !== 'begin' ? (
          <span className={style.quiet}>{errors} to mend before it can be published</span>
        ) : null}
      </div>
    </section>
  )
}
