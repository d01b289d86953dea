import { useEffect, useId, useRef, useState, type ReactNode } from 'react'
import style from './filter-bar.module.css'
import type { Filters } from './use-filters.ts'

const TYPED_AFTER_MS = 300

/** A row of search and choices above a list. */
export const FilterBar = ({ children }: { children: ReactNode }) => <search className={style.bar}>{children}</search>

/** Text to look for, which goes in the query string when typing stops. */
export const SearchFilter = <Name extends string>(props: { filters: Filters<Name>; name: Name; label: string }) => {
  const { filters, name, label } = props
  const value = filters.values[name] ?? ''
  const [typed, setTyped] = useState(value)
  const sent = useRef(value)
  const id = useId()
  useEffect(() => {
    // Changed from elsewhere: a chip removed, the browser's back button.
    if (value === sent.current) return
    sent.current = value
    setTyped(value)
  }, [value])
  useEffect(() => {
    const text = typed.trim()
    if (text === sent.current) return
    const timer = setTimeout(() => {
      sent.current = text
      filters.set({ [name]: text || undefined } as Partial<Record<Name, string>>, true)
    }, TYPED_AFTER_MS)
    return () => clearTimeout(timer)
  }, [typed, filters, name])
  return (
    <label className={style.search} htmlFor={id}>
      <span className="unseen">{label}</span>
      <input
        id={id}
        type="search"
        placeholder={label}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </label>
  )
}

/** One of a few values, or any. */
export const ChoiceFilter = <Name extends string>(props: {
  filters: Filters<Name>
  name: Name
  label: string
  any?: string
  choices: readonly (readonly [value: string, title: string])[]
}) => {
  const { filters, name, label, any = 'any', choices } = props
  return (
    <label className={style.choice}>
      {label}
      <select
        value={filters.values[name] ?? ''}
        onChange={(event) => filters.set({ [name]: event.target.value || undefined } as Partial<Record<Name, string>>)}
      >
        <option value="">{any}</option>
        {choices.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
    </label>
  )
}

/** The filters that are set, each removable; `textOf` names one for people. */
export const FilterChips = <Name extends string>(props: {
  filters: Filters<Name>
  textOf: (name: Name, value: string) => string
}) => {
  const { filters, textOf } = props
  const set = Object.entries(filters.values) as [Name, string][]
  if (set.length === 0) return null
  return (
    <ul className={style.chips} aria-label="Filters">
      {set.map(([name, value]) => (
        <li key={name}>
          <button
            type="button"
            onClick={() => filters.set({ [name]: undefined } as Partial<Record<Name, string | undefined>>)}
          >
            {textOf(name, value)} <span aria-hidden="true">✕</span>
            <span className="unseen">, remove</span>
          </button>
        </li>
      ))}
      {set.length > 1 ? (
        <li>
          <button type="button" className="link" onClick={filters.clear}>
            Remove all
          </button>
        </li>
      ) : null}
    </ul>
  )
}
