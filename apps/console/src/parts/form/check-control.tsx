import style from './form.module.css'
import { useForm } from './host.ts'
import { fieldId } from './ties.tsx'
import type { Path } from './values.ts'

/** A yes or no with its label. `isRequired`: a no is written; otherwise nothing is. */
export const CheckControl = (props: { path: Path; label: string; isRequired?: boolean }) => {
  const { path, label, isRequired = false } = props
  const form = useForm()
  return (
    <label className={style.check}>
      <input
        id={fieldId(path)}
        type="checkbox"
        disabled={form.isReadOnly}
        checked={form.get(path) === true}
        onChange={({ target: { checked } }) => {
          form.set(path, checked || isRequired ? checked : undefined)
          form.leave()
        }}
      />
      {label}
    </label>
  )
}
