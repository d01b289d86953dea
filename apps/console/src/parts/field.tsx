import { useId, type ReactNode } from 'react'
import style from './field.module.css'

/** What ties a control to its label, its help and its error. */
export interface FieldTies {
  readonly id: string
  readonly 'aria-describedby'?: string | undefined
  readonly 'aria-invalid'?: true | undefined
}

/** A label above a control, with help and what is wrong below; the control takes the ties: `{(ties) => <input {...ties} />}`. */
export const Field = (props: {
  label: ReactNode
  help?: ReactNode
  error?: string | undefined
  children: (ties: FieldTies) => ReactNode
}) => {
  const { label, help, error, children } = props
  const id = useId()
  const described = [help ? `${id}-help` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ')
  return (
    <div className={style.field}>
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': error ? true : undefined })}
      {help ? (
        <p id={`${id}-help`} className={style.help}>
          {help}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className={style.error}>
          <span aria-hidden="true">▲ </span>
          {error}
        </p>
      ) : null}
    </div>
  )
}
