import { useState } from 'react'
import style from './folded-json.module.css'

const SHOWN_LINES = 6

/** Data as indented JSON, folded after six lines. */
export const FoldedJson = ({ value, label }: { value: unknown; label: string }) => {
  const [isOpen, setIsOpen] = useState(false)
  const lines = (JSON.stringify(value, null, 2) ?? 'undefined').split('\n')
  const shown = isOpen ? lines : lines.slice(0, SHOWN_LINES)
  return (
    <div className={style.json}>
      <pre aria-label={label}>
        {shown.join('\n')}
        {shown.length < lines.length ? '\n…' : ''}
      </pre>
      {lines.length > SHOWN_LINES ? (
        <button type="button" className="link" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {isOpen ? 'Fold' : `All ${lines.length} lines`}
        </button>
      ) : null}
    </div>
  )
}
