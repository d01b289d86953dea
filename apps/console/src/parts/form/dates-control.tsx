import { useRef, useState } from 'react'
import style from './form.module.css'
import { useForm } from './host.ts'
import { pastedClosures, type Closure } from './hours.ts'
import { fieldId, Findings } from './ties.tsx'
import type { Path } from './values.ts'

/** Closed days: from, to, why; one by one, or pasted as lines. */
export const DatesControl = ({ path, withReason = true }: { path: Path; withReason?: boolean }) => {
  const form = useForm()
  const list = (form.get(path) as readonly Closure[] | undefined) ?? []
  const [isPasting, setIsPasting] = useState(false)
  const [text, setText] = useState('')
  const box = useRef<HTMLDivElement>(null)
  const { closures, left } = pastedClosures(text, form.choices.today)
  const set = (next: readonly Closure[]) => form.set(path, next.length === 0 ? undefined : next)
  const change = (at: number, changes: Partial<Closure>) =>
    set(
      list.with(
        at,
        Object.fromEntries(
          Object.entries({ ...list[at], ...changes }).filter(([, value]) => value !== ''),
        ) as unknown as Closure,
      ),
    )
  const add = () => {
    set([...list, withReason ? { from: form.choices.today } : { from: form.choices.today, to: form.choices.today }])
    requestAnimationFrame(() =>
      [...(box.current?.querySelectorAll<HTMLInputElement>('[data-first]') ?? [])].at(-1)?.focus(),
    )
  }
  return (
    <div className={style.entries} ref={box} id={fieldId(path)} tabIndex={-1} onBlur={form.leave}>
      {list.map((closure, at) => {
        const called = closure.reason ?? closure.from
        return (
          // oxlint-disable-next-line react/no-array-index-key -- its dates change while it is edited
          <div key={at}>
            <div className={style.date}>
              <input
                type="date"
                data-first
                id={fieldId([...path, at, 'from'])}
                aria-label={`First day of ${called}`}
                value={closure.from}
                disabled={form.isReadOnly}
                onChange={({ target: { value } }) =>
                  change(at, {
                    from: value,
                    ...(closure.to && closure.to < value ? { to: withReason ? '' : value } : {}),
                  })
                }
              />
              <input
                type="date"
                aria-label={`Last day of ${called}`}
                value={closure.to ?? closure.from}
                min={closure.from}
                disabled={form.isReadOnly}
                onChange={({ target: { value } }) =>
                  change(at, { to: value === closure.from && withReason ? '' : value })
                }
              />
              {withReason ? (
                <input
                  className={style.reason}
                  aria-label={`Why closed from ${closure.from}`}
                  placeholder="Why, as callers hear it: Christmas"
                  maxLength={60}
                  value={closure.reason ?? ''}
                  disabled={form.isReadOnly}
                  onChange={({ target: { value } }) => change(at, { reason: value })}
                />
              ) : null}
              {form.isReadOnly ? null : (
                <button
                  type="button"
                  className={style.small}
                  aria-label={`Remove ${called}`}
                  onClick={() => set(list.toSpliced(at, 1))}
                >
                  ✕
                </button>
              )}
            </div>
            {['', 'from', 'to', 'reason'].map((field) => (
              <Findings key={field} path={field === '' ? [...path, at] : [...path, at, field]} />
            ))}
          </div>
        )
      })}
      {form.isReadOnly ? null : (
        <div className={style.row}>
          <button type="button" onClick={add}>
            {withReason ? '+ Add closed days' : '+ Add days away'}
          </button>
          {withReason && !isPasting ? (
            <button type="button" className={style.small} onClick={() => setIsPasting(true)}>
              Paste dates
            </button>
          ) : null}
        </div>
      )}
      {isPasting ? (
        <div className={style.group}>
          <label htmlFor={`${fieldId(path)}-paste`}>
            One closure a line: “24 Dec – 26 Dec Christmas”, “2027-01-01 New Year”
          </label>
          <textarea
            id={`${fieldId(path)}-paste`}
            rows={4}
            value={text}
            onChange={({ target: { value } }) => setText(value)}
          />
          {left.length > 0 ? <p className={style.error}>Not understood: {left.join(' · ')}</p> : null}
          <div className={style.row}>
            <button
              type="button"
              className="primary"
              disabled={closures.length === 0}
              onClick={() => {
                set([...list, ...closures])
                setText(left.join('\n'))
                setIsPasting(left.length > 0)
              }}
            >
              Add {closures.length === 1 ? '1 closure' : `${closures.length} closures`}
            </button>
            <button type="button" onClick={() => setIsPasting(false)}>
              Cancel
            </button>
          </div>
        </div>
      ) : null}
      <Findings path={path} />
    </div>
  )
}
