import type { ReactNode } from 'react'
import style from './form.module.css'
import { useForm } from './host.ts'
import { pathText, type Path } from './values.ts'

/** What a control takes to be tied to its label, its help and what is said about it. */
export interface Ties {
  readonly id: string
  readonly 'aria-describedby'?: string | undefined
  readonly 'aria-invalid'?: true | undefined
  readonly disabled: boolean
  readonly onBlur: () => void
}

/** The id of the control of a place: lists of findings lead there. */
export const fieldId = (path: Path): string => `at-${pathText(path)}`

/** The sentences about a place, below its control. */
export const Findings = ({ path, id }: { path: Path; id?: string }) => {
  const findings = useForm().findings(path)
  if (findings.length === 0) return null
  return (
    <div id={id}>
      {findings.map(({ message, severity }) => (
        <p key={message} className={severity === 'error' ? style.error : style.warning}>
          <span aria-hidden="true">{severity === 'error' ? '✖' : '▲'} </span>
          {severity === 'error' ? '' : 'Worth a look: '}
          {message}
        </p>
      ))}
    </div>
  )
}

/** A label, a control, help, and what is said about the place. */
export const Labelled = (props: {
  path: Path
  label: ReactNode
  help?: string | undefined
  children: (ties: Ties) => ReactNode
}) => {
  const { path, label, help, children } = props
  const form = useForm()
  const id = fieldId(path)
  const found = form.findings(path)
  const described = [help ? `${id}-help` : '', found.length > 0 ? `${id}-said` : ''].filter(Boolean).join(' ')
  return (
    <div className={style.field}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': found.some(({ severity }) => severity === 'error') ? true : undefined,
        disabled: form.isReadOnly,
        onBlur: form.leave,
      })}
      {help ? (
        <p id={`${id}-help`} className={style.help}>
          {help}
        </p>
      ) : null}
      <Findings path={path} id={`${id}-said`} />
    </div>
  )
}
