import { lazy, Suspense, useMemo, useState, type ReactNode } from 'react'
import { Panel } from '../../parts/panel.tsx'
import { Reading } from '../../parts/states.tsx'
import { csvOf, type Track } from './findings.ts'
import style from './quality.module.css'

const Plot = lazy(() => import('./plot.tsx'))

const saveCsv = (name: string, text: string): void => {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}

/** A chart whose title says what it shows, as picture or table, and as CSV. */
export const Chart = (props: {
  finding: string
  /** What the values are. */
  caption: string
  name: string
  kind: 'lines' | 'stack'
  days: readonly string[]
  tracks: readonly Track[]
  unit: (value: number) => string
  budget?: number | undefined
  zone: string
  children?: ReactNode
}) => {
  const { finding, caption, name, kind, days, tracks, unit, budget, zone, children } = props
  const [isTable, setIsTable] = useState(false)
  const times = useMemo(() => days.map((day) => Date.parse(day) / 1_000), [days])
  const dayText = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: zone })
  return (
    <Panel
      title={finding}
      actions={
        <span className={style.actions}>
          <button type="button" aria-pressed={isTable} onClick={() => setIsTable(!isTable)}>
            {isTable ? 'Show as picture' : 'Show as table'}
          </button>
          <button type="button" onClick={() => saveCsv(`${name}.csv`, csvOf(days, tracks))}>
            CSV
          </button>
        </span>
      }
    >
      <p className={style.caption}>{caption}</p>
      {isTable ? (
        // A scrolling table must be reached by keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- as above
        <section className={style.scrolls} tabIndex={0} aria-label={caption}>
          <table className={style.figures}>
            <caption className="unseen">{caption}</caption>
            <thead>
              <tr>
                <th scope="col">day</th>
                {tracks.map(({ label }) => (
                  <th key={label} scope="col">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {days.map((day, at) => (
                <tr key={day}>
                  <th scope="row">{dayText.format(new Date(day))}</th>
                  {tracks.map(({ label, values }) => (
                    <td key={label}>{values[at] === null || values[at] === undefined ? '–' : unit(values[at])}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      ) : (
        <Suspense fallback={<Reading />}>
          <Plot kind={kind} times={times} tracks={tracks} unit={unit} budget={budget} zone={zone} />
        </Suspense>
      )}
      {children}
    </Panel>
  )
}
