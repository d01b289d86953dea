import { useForm } from '../../parts/form/host.ts'
import { ListControl } from '../../parts/form/list-control.tsx'
import formStyle from '../../parts/form/form.module.css'
import { TextControl } from '../../parts/form/text-controls.tsx'
import { Labelled } from '../../parts/form/ties.tsx'
import { isFields, type Path } from '../../parts/form/values.ts'
import style from './business.module.css'
import { useValue } from './use-draft.tsx'

const GivenBy = ({ path }: { path: Path }) => {
  const form = useForm()
  const { instances } = form.choices
  const value = form.get(path)
  const chosen = Array.isArray(value) ? (value as string[]) : undefined
  if (instances.length < 2) return null
  return (
    <details className={formStyle.fold}>
      <summary>
        Given by{' '}
        {chosen
          ? instances
              .filter((each) => chosen.includes(each.value))
              .map(({ label }) => label)
              .join(', ') || 'nobody'
          : 'all assistants'}
      </summary>
      {instances.map((instance) => (
        <label key={instance.value} className={formStyle.check}>
          <input
            type="checkbox"
            disabled={form.isReadOnly}
            checked={chosen?.includes(instance.value) ?? true}
            onChange={({ target: { checked } }) => {
              const all = instances.map((each) => each.value)
              const next = all.filter((each) => (each === instance.value ? checked : (chosen?.includes(each) ?? true)))
              form.set(path, next.length === all.length ? undefined : next)
              form.leave()
            }}
          />
          {instance.label}
        </label>
      ))}
    </details>
  )
}

/** Questions and answers, as many as wanted. */
export const AnswersEditor = () => {
  const answers = useValue(['answers'])
  const called = (at: number) => {
    const entry: unknown = Array.isArray(answers) ? answers[at] : undefined
    return isFields(entry) && typeof entry.question === 'string' ? entry.question : undefined
  }
  return (
    <ListControl path={['answers']} noun="answer" called={called} fresh={() => ({ question: '', answer: '' })} max={40}>
      {(path) => (
        <div className={style.card}>
          <Labelled path={[...path, 'question']} label="When callers ask">
            {(ties) => (
              <TextControl
                path={[...path, 'question']}
                ties={ties}
                isRequired
                maxLength={120}
                placeholder="Where can I park?"
              />
            )}
          </Labelled>
          <Labelled path={[...path, 'answer']} label="The assistant says">
            {(ties) => (
              <TextControl
                path={[...path, 'answer']}
                ties={ties}
                isRequired
                isLong
                maxLength={400}
                placeholder="Behind the building."
              />
            )}
          </Labelled>
          <GivenBy path={[...path, 'modes']} />
        </div>
      )}
    </ListControl>
  )
}

/** What the assistants may say about the business. */
export const AnswersTab = () => (
  <section className={style.section} aria-label="Answers">
    <p className={style.quiet}>
      Parking, prices, insurance: what callers ask. The assistants say nothing of this kind that does not stand here.
      Write as one speaks, in a sentence or two.
    </p>
    <AnswersEditor />
  </section>
)
