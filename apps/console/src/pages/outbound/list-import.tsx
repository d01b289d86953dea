import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { say } from '../../parts/say.ts'
import { Failed } from '../../parts/states.tsx'
import style from './outbound.module.css'
import { ListError, sendCsv } from './send-csv.ts'

/** Sends a list in CSV; wrong lines are named, and nothing is imported then. */
export const ListImport = (props: { path: string; columns: string; saidOf: (answer: never) => string }) => {
  const { path, columns, saidOf } = props
  const client = useQueryClient()
  const [failure, setFailure] = useState<unknown>()
  const [isSending, setIsSending] = useState(false)
  const send = async (file: File | undefined) => {
    if (!file) return
    setIsSending(true)
    setFailure(undefined)
    try {
      say(saidOf((await sendCsv(path, file)) as never))
      await client.invalidateQueries({ queryKey: ['outbound'] })
    } catch (error) {
      setFailure(error)
    } finally {
      setIsSending(false)
    }
  }
  return (
    <details>
      <summary>Import a list</summary>
      <p className={style.quiet}>CSV with the columns {columns}; all of it or nothing.</p>
      <input
        type="file"
        accept=".csv,text/csv,text/plain"
        aria-label="The list"
        disabled={isSending}
        onChange={(event) => {
          void send(event.target.files?.[0])
          event.target.value = ''
        }}
      />
      {failure === undefined ? null : (
        <>
          <Failed error={failure} stillWorks="Nothing was imported." />
          {failure instanceof ListError && failure.lines.length > 1 ? (
            <ul>
              {failure.lines.map(({ line, problem }) => (
                <li key={line}>
                  line {line}: {problem}
                </li>
              ))}
            </ul>
          ) : null}
        </>
      )}
    </details>
  )
}
