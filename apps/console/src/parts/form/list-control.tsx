import { useRef, useState, type ReactNode } from 'react'
import style from './form.module.css'
import { useForm } from './host.ts'
import { fieldId, Findings } from './ties.tsx'
import { isFields, keyFrom, moved, type Path } from './values.ts'

/** Entries of a list, to be added, removed and put in another order by buttons, or with Alt and the arrow keys. */
export const ListControl = (props: {
  path: Path
  /** What an entry is called: "answer". */
  noun: string
  /** What this entry is called, for the names of its buttons. */
  called?: (at: number) => string | undefined
  fresh: () => unknown
  max?: number
  isOrdered?: boolean
  children: (path: Path, at: number) => ReactNode
}) => {
  const { path, noun, called, fresh, max, isOrdered = true, children } = props
  const form = useForm()
  const value = form.get(path)
  const list = Array.isArray(value) ? (value as unknown[]) : []
  const box = useRef<HTMLUListElement>(null)
  const [said, setSaid] = useState('')
  const focusEntry = (at: number, control: string) =>
    requestAnimationFrame(() => {
      const entry = box.current?.children[at]
      const found =
        entry?.querySelector<HTMLElement>(`${control}:not(:disabled)`) ?? entry?.querySelector<HTMLElement>('button')
      found?.focus()
    })
  const move = (from: number, to: number) => {
    if (to < 0 || to >= list.length) return
    form.set(path, moved(list, from, to))
    setSaid(`${noun} is now at place ${to + 1} of ${list.length}`)
    focusEntry(to, to > from ? '[data-down]' : '[data-up]')
  }
  const remove = (at: number) => {
    form.set(path, list.length === 1 ? undefined : list.toSpliced(at, 1))
    form.leave()
    focusEntry(Math.max(0, at - 1), '[data-remove]')
  }
  return (
    <div className={style.entries} id={fieldId(path)} tabIndex={-1}>
      {list.length === 0 ? null : (
        <ul className={style.entries} ref={box}>
          {list.map((_entry, at) => {
            const name = called?.(at) || `${noun} ${at + 1}`
            return (
              // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the buttons do the same
              <li
                // oxlint-disable-next-line react/no-array-index-key -- an entry's name changes while it is edited
                key={at}
                className={style.entry}
                onKeyDown={(event) => {
                  if (!isOrdered || !event.altKey || !['ArrowUp', 'ArrowDown'].includes(event.key)) return
                  event.preventDefault()
                  move(at, event.key === 'ArrowUp' ? at - 1 : at + 1)
                }}
              >
                <div className={style.fields}>
                  {children([...path, at], at)}
                  <Findings path={[...path, at]} />
                </div>
                {form.isReadOnly ? null : (
                  <div>
                    {isOrdered && list.length > 1 ? (
                      <>
                        <button
                          type="button"
                          data-up
                          className={style.small}
                          aria-label={`Move ${name} up`}
                          disabled={at === 0}
                          onClick={() => move(at, at - 1)}
                        >
                          ↑
                        </button>
                        <button
                          type="button"
                          data-down
                          className={style.small}
                          aria-label={`Move ${name} down`}
                          disabled={at === list.length - 1}
                          onClick={() => move(at, at + 1)}
                        >
                          ↓
                        </button>
                      </>
                    ) : null}
                    <button
                      type="button"
                      data-remove
                      className={style.small}
                      aria-label={`Remove ${name}`}
                      onClick={() => remove(at)}
                    >
                      ✕
                    </button>
                  </div>
                )}
              </li>
            )
          })}
        </ul>
      )}
      <Findings path={path} />
      {form.isReadOnly || (max !== undefined && list.length >= max) ? null : (
        <button
          type="button"
          className={style.add}
          onClick={() => {
            form.set(path, [...list, fresh()])
            focusEntry(list.length, 'input, textarea, select')
          }}
        >
          + Add {noun}
        </button>
      )}
      <output className="unseen">{said}</output>
    </div>
  )
}

/** Entries under a name of their own. */
export const KeyedControl = ({
  path,
  fresh,
  children,
}: {
  path: Path
  fresh: () => unknown
  children: (path: Path) => ReactNode
}) => {
  const form = useForm()
  const value = form.get(path)
  const entries = isFields(value) ? value : {}
  const [name, setName] = useState('')
  const add = () => {
    const key = /^[\w+.-]+$/.test(name) || /\s|[A-Z]/.test(name) ? name.trim() : keyFrom(name, Object.keys(entries))
    if (key === '' || Object.hasOwn(entries, key)) return
    form.set([...path, key], fresh())
    setName('')
  }
  return (
    <div className={style.entries} id={fieldId(path)} tabIndex={-1}>
      {Object.keys(entries).map((key) => (
        <div key={key} className={style.entry}>
          <div className={style.fields}>
            <span className={style.title}>{key}</span>
            {children([...path, key])}
          </div>
          {form.isReadOnly ? null : (
            <button
              type="button"
              className={style.small}
              aria-label={`Remove ${key}`}
              onClick={() => form.set([...path, key], undefined)}
            >
              ✕
            </button>
          )}
        </div>
      ))}
      {form.isReadOnly ? null : (
        <div className={style.row}>
          <input
            aria-label="Name of the new entry"
            value={name}
            maxLength={60}
            onChange={({ target: { value: text } }) => setName(text)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              add()
            }}
          />
          <button type="button" onClick={add} disabled={name.trim() === ''}>
            + Add
          </button>
        </div>
      )}
      <Findings path={path} />
    </div>
  )
}
