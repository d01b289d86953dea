import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { api } from '../../api/client.ts'
import { Failed, Reading } from '../../parts/states.tsx'
import style from './business.module.css'
import { confirmedSteps, setUpSteps, stepFacts } from './set-up-state.ts'
import { DraftProvider, useDraft } from './use-draft.tsx'

/** Documents to begin with. */
export const useTemplates = () =>
  useQuery({
    queryKey: ['settings', 'templates'],
    queryFn: async () => (await api.GET('/settings/templates')).data!.templates,
    staleTime: Infinity,
  })

/** The steps of the first run with what is done; inside of a draft. */
export const Steps = ({ current }: { current?: string | undefined }) => {
  const { state } = useDraft()
  const { data: templates = [] } = useTemplates()
  if (state.phase === 'failed') return <Failed error={state.problem} stillWorks="Calls are answered." />
  if (state.phase === 'reading') return <Reading />
  const { document } = state
  const steps = setUpSteps({ document, hasDraft: state.draft !== undefined, confirmed: confirmedSteps(), templates })
  const done = steps.filter(({ isDone }) => isDone).length
  return (
    <>
      <p className={style.quiet}>
        {done} of {steps.length} done{state.draft ? ' · saved as a draft, callers hear nothing of it yet' : ''}
      </p>
      <ol className={style.steps}>
        {steps.map(({ key, title, isDone, isNext }) => (
          <li key={key}>
            <Link href={`/business/set-up/${key}`} aria-current={current === key ? 'step' : undefined}>
              <span className={style.mark} aria-hidden="true">
                {isDone ? '✔' : isNext ? '▶' : '○'}
              </span>
              <span>
                {title}
                <span className="unseen">{isDone ? ', done' : isNext ? ', next' : ''}</span>
              </span>
              <span className={style.facts}>{state.draft ? stepFacts(key, document) : ''}</span>
            </Link>
          </li>
        ))}
      </ol>
    </>
  )
}

const Inside = () => {
  const { state } = useDraft()
  if (state.phase === 'ready' && state.inForce?.source !== 'seed') return null
  return (
    <section className={style.section} aria-label="Set up your telephone">
      <h2>Set up your telephone</h2>
      <Steps />
    </section>
  )
}

/** What is to be done until the first publication; nothing afterwards. For Home, and wherever else it helps. */
export const SetUpList = () => (
  <DraftProvider>
    <Inside />
  </DraftProvider>
)
