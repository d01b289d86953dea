import { useQuery } from '@tanstack/react-query'
import { memo, useMemo, useState } from 'react'
import { api } from '../../api/client.ts'
import type { components } from '../../api/openapi.ts'
import { useShortcuts } from '../../parts/shortcuts.ts'
import { Banner } from '../../parts/banner.tsx'
import { Failed, Reading } from '../../parts/states.tsx'
import { useFilling } from '../../parts/use-filling.ts'
import style from './replay.module.css'

const shown = (value: unknown): string => (value === undefined ? '–' : JSON.stringify(value))

const fieldsOf = ({ type: _type, ...fields }: { type: string }): string =>
  Object.entries(fields)
    .map(([name, value]) => `${name}=${shown(value).slice(0, 80)}`)
    .join(' ')

type Step = components['schemas']['CallReplay']['steps'][number]

/** Events that are drawn together. */
const PART = 100

const Events = memo((props: { steps: readonly Step[]; first: number; at: number; onSelect: (at: number) => void }) => {
  const { steps, first, at, onSelect } = props
  return steps.map((each, index) => (
    <li key={each.number}>
      <button
        type="button"
        aria-current={first + index === at ? 'true' : undefined}
        onClick={() => onSelect(first + index)}
      >
        <span>{(each.atMs / 1_000).toFixed(3)}</span> {each.event.type}
        {each.did ? <b> ▲</b> : null}
      </button>
    </li>
  ))
})

/** The log of a call, event by event: what each changed in the state, and what was done about it. For developers. */
export const Replay = ({ id, isOn }: { id: string; isOn: boolean }) => {
  const [at, setAt] = useState(0)
  const { data, error, refetch } = useQuery({
    queryKey: ['call', id, 'replay'],
    queryFn: async () => (await api.GET('/calls/{id}/replay', { params: { path: { id } } })).data!,
    enabled: !isOn,
    staleTime: Infinity,
  })
  const parts = useMemo(() => {
    const steps = data?.steps ?? []
    return Array.from({ length: Math.ceil(steps.length / PART) }, (_, part) =>
      steps.slice(part * PART, (part + 1) * PART),
    )
  }, [data])
  const filled = useFilling(parts.length, 1)
  const count = data?.steps.length ?? 0
  const go = (to: number) => setAt(Math.min(Math.max(0, to), Math.max(0, count - 1)))
  useShortcuts([
    { keys: 'j', does: 'Next event', run: () => go(at + 1) },
    { keys: 'k', does: 'Event before', run: () => go(at - 1) },
  ])
  if (isOn) return <Banner tone="quiet">The log is kept when the call is over.</Banner>
  if (error) return <Failed error={error} stillWorks="The story of the call is kept without it." retry={refetch} />
  if (!data) return <Reading />
  const step = data.steps[at]
  return (
    <div className={style.replay}>
      <ol className={style.steps} aria-label="Events">
        {parts.slice(0, filled).map((steps, part) => (
          <Events
            key={steps[0]!.number}
            steps={steps}
            first={part * PART}
            // Of the parts that do not have it, none is drawn again.
            at={at >= part * PART && at < (part + 1) * PART ? at : -1}
            onSelect={setAt}
          />
        ))}
      </ol>
      {step ? (
        <section aria-live="polite" className={style.step}>
          <h2>
            {step.number}. {step.event.type}
          </h2>
          <p className={style.fields}>{fieldsOf(step.event)}</p>
          <h3>State</h3>
          {step.changes.length === 0 ? <p>Nothing changed. Phase: {step.phase}</p> : null}
          <table className={style.changes}>
            <tbody>
              {step.changes.map(({ path, from, to }) => (
                <tr key={path}>
                  <th scope="row">{path}</th>
                  <td>{shown(from)}</td>
                  <td>→ {shown(to)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <h3>What was done</h3>
          {(step.did ?? step.does).length === 0 ? <p>Nothing.</p> : null}
          <ul>
            {(step.did ?? step.does).map((effect, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- the same effect may come twice
              <li key={index}>
                <code>{effect}</code>
              </li>
            ))}
          </ul>
          {step.did ? (
            <Banner tone="warn">Today this would be done instead: {step.does.join(', ') || 'nothing'}</Banner>
          ) : null}
        </section>
      ) : null}
      {data.truncated ? <Banner tone="warn">The log was full here: the call went on.</Banner> : null}
    </div>
  )
}
