import { FieldView } from '../../parts/form/field-view.tsx'
import { Reading } from '../../parts/states.tsx'
import style from './business.module.css'
import { useSectionFields } from './use-draft.tsx'

/** Fields that have a part of the page of their own. */
const ELSEWHERE = new Set(['hours', 'closures'])

/** Name, time zone, language, address: what callers hear about the business. */
export const BasicsTab = () => {
  const fields = useSectionFields('business')
  if (fields.length === 0) return <Reading />
  return (
    <section className={style.section} aria-label="Basics">
      {fields
        .filter(({ name }) => !ELSEWHERE.has(name))
        .map((field) => (
          <FieldView key={field.name} field={field} path={['business', field.name]} />
        ))}
    </section>
  )
}
