import { Link } from 'wouter'
import { FieldView } from '../../parts/form/field-view.tsx'
import formStyle from '../../parts/form/form.module.css'
import { useForm } from '../../parts/form/host.ts'
import { ChoiceControl } from '../../parts/form/text-controls.tsx'
import { Findings, Labelled } from '../../parts/form/ties.tsx'
import { isFields } from '../../parts/form/values.ts'
import { Failed, Reading } from '../../parts/states.tsx'
import style from '../business/business.module.css'
import { ConflictDialog } from '../business/conflict-dialog.tsx'
import { DraftBar } from '../business/draft-bar.tsx'
import { DraftProvider, useDraft, useSectionFields } from '../business/use-draft.tsx'

/** What is usually set for one number alone; the rest stands in a fold. */
const FIRST = ['greeting', 'voice', 'language', 'greetingShield', 'patience']

const Fields = ({ number }: { number: string }) => {
  const form = useForm()
  const path = ['numbers', 'list', number] as const
  const list = useSectionFields('numbers').find(({ name }) => name === 'list')
  if (list?.control.as !== 'keyed' || list.control.entry.control.as !== 'group') return <Reading />
  const fields = list.control.entry.control.fields.filter(({ name }) => name !== 'mode')
  const views = (isFirst: boolean) =>
    fields
      .filter(({ name }) => FIRST.includes(name) === isFirst)
      .map((field) => <FieldView key={field.name} field={field} path={[...path, field.name]} />)
  if (!isFields(form.get(path)))
    return (
      <>
        <p>This number has no options of its own: it answers as every call to its assistant does.</p>
        {form.isReadOnly ? null : (
          <div>
            <button
              type="button"
              className="primary"
              onClick={() => {
                form.set(path, { mode: form.get(['numbers', 'unknown']) })
                form.leave()
              }}
            >
              Give it options of its own
            </button>
          </div>
        )}
      </>
    )
  return (
    <>
      <Labelled
        path={[...path, 'mode']}
        label="Answers as, by the settings"
        help="An assistant that was chosen by hand on the page Numbers wins over this one."
      >
        {(ties) => <ChoiceControl path={[...path, 'mode']} ties={ties} isRequired options={form.choices.instances} />}
      </Labelled>
      {views(true)}
      <details className={formStyle.fold}>
        <summary>Tuning: interruptions, model, limits</summary>
        <div className={formStyle.fields}>{views(false)}</div>
      </details>
      <Findings path={path} />
    </>
  )
}

const Content = ({ number }: { number: string }) => {
  const { store, state } = useDraft()
  if (state.phase === 'failed')
    return <Failed error={state.problem} stillWorks="Calls are answered as before." retry={() => store.open()} />
  if (state.phase === 'reading') return <Reading />
  return (
    <>
      <section className={style.section} aria-label={`Options of ${number}`}>
        <h2>Options of {number}</h2>
        <p className={style.quiet}>
          For calls to this number only; what is left empty is as its assistant has it. They belong to the draft of the
          settings, and count for callers once that is published.
        </p>
        <Fields number={number} />
      </section>
      <DraftBar ring={number} />
      <ConflictDialog />
    </>
  )
}

/** What calls to one number have otherwise than its assistant: a part of the draft of the settings. */
const NumberOptions = ({ number }: { number: string }) => (
  <>
    <p>
      <Link href="/numbers">‹ All numbers</Link>
    </p>
    <DraftProvider>
      <Content number={number} />
    </DraftProvider>
  </>
)

export default NumberOptions
