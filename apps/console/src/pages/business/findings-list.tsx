import { Link } from 'wouter'
import { readPath } from '../../parts/form/values.ts'
import style from './business.module.css'
import { findingsOf, useDraft } from './use-draft.tsx'
import { addressOf, placeWords } from './business-words.ts'

/** Focuses the field of a place, or the nearest one around it, once it is on the page. */
const goTo = (path: string) => {
  const steps = readPath(path)
  setTimeout(() => {
    for (let length = steps.length; length > 0; length--) {
      const text = steps
        .slice(0, length)
        .map((step) => (/^[\w+-]+$/.test(step) ? step : JSON.stringify(step)))
        .join('.')
      // oxlint-disable-next-line unicorn/prefer-query-selector -- a path is no selector
      const field = document.getElementById(`at-${text}`)
      if (!field) continue
      for (let around = field.closest('details'); around; around = around.parentElement?.closest('details') ?? null)
        around.open = true
      field.scrollIntoView({ block: 'center' })
      field.focus()
      return
    }
  }, 60)
}

/** Everything that is said about the draft, each a link to its field. */
export const FindingsList = ({ onGo }: { onGo?: () => void }) => {
  const findings = findingsOf(useDraft().state)
  if (findings.length === 0) return null
  return (
    <ul className={style.findings}>
      {findings
        .toSorted((one, other) => one.severity.localeCompare(other.severity))
        .map(({ path, message, severity }) => (
          <li key={path + message}>
            <Link
              href={addressOf(path)}
              className={severity === 'error' ? style.bad : style.warn}
              onClick={() => {
                onGo?.()
                goTo(path)
              }}
            >
              <span aria-hidden="true">{severity === 'error' ? '✖' : '▲'} </span>
              {severity === 'error' ? 'Must be mended: ' : ''}
              {placeWords(path)}: {message}
            </Link>
          </li>
        ))}
    </ul>
  )
}
