import { useEffect, useState, type ReactNode } from 'react'
import { ApiError } from '../api/client.ts'
import style from './states.module.css'

const SHOWN_AFTER_MS = 150
const SAID_AFTER_MS = 3_000

/** Stands where something is being read: nothing at first, then a bar, then a sentence. */
export const Reading = () => {
  const [stage, setStage] = useState<'nothing' | 'bar' | 'sentence'>('nothing')
  useEffect(() => {
    const bar = setTimeout(() => setStage('bar'), SHOWN_AFTER_MS)
    const sentence = setTimeout(() => setStage('sentence'), SAID_AFTER_MS)
    return () => {
      clearTimeout(bar)
      clearTimeout(sentence)
    }
  }, [])
  if (stage === 'nothing') return null
  return (
    <div className={style.reading}>
      <div className={style.bar} />
      {stage === 'sentence' ? <output>Still reading…</output> : null}
    </div>
  )
}

/** What went wrong, what still works, and what to do; with the code of docs/reference/errors.md. */
export const Failed = ({
  error,
  stillWorks,
  retry,
}: {
  error: unknown
  stillWorks?: string
  retry?: () => unknown
}) => (
  <div className={style.failed} role="alert">
    <p>
      {error instanceof Error ? error.message : String(error)} {stillWorks}
    </p>
    {error instanceof ApiError ? <code>{error.code}</code> : null}
    {retry ? (
      <button type="button" onClick={() => void retry()}>
        Try again
      </button>
    ) : null}
  </div>
)

/** Nothing is there yet: says so, and where to begin. */
export const Empty = ({ children }: { children: ReactNode }) => <div className={style.empty}>{children}</div>
