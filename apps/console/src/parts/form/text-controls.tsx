import { useId, useState } from 'react'
import { useForm } from './host.ts'
import type { Ties } from './ties.tsx'
import type { Path } from './values.ts'

const textAt = (value: unknown): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value)

interface ControlProps {
  readonly path: Path
  readonly ties: Ties
  /** An empty field is taken away, unless the document needs it. */
  readonly isRequired?: boolean
  readonly placeholder?: string | undefined
}

/** One line or several of text. */
export const TextControl = (
  props: ControlProps & { isLong?: boolean; maxLength?: number | undefined; list?: readonly string[] },
) => {
  const { path, ties, isRequired, isLong, maxLength, placeholder, list } = props
  const form = useForm()
  const id = useId()
  const shared = {
    ...ties,
    maxLength,
    placeholder,
    value: textAt(form.get(path)),
    onChange: ({ target: { value } }: { target: { value: string } }) =>
      form.set(path, value === '' && !isRequired ? undefined : value),
  }
  if (isLong) return <textarea rows={2} {...shared} />
  return (
    <>
      <input {...shared} list={list ? id : undefined} autoComplete="off" />
      {list ? (
        <datalist id={id}>
          {list.map((value) => (
            <option key={value} value={value}>
              {value}
            </option>
          ))}
        </datalist>
      ) : null}
    </>
  )
}

/** One of several values; none, when the document needs none. A value that is not among them stays visible. */
export const ChoiceControl = (
  props: ControlProps & { options: readonly { readonly value: string; readonly label: string }[]; none?: string },
) => {
  const { path, ties, isRequired, options, none = 'Not set' } = props
  const form = useForm()
  const value = textAt(form.get(path))
  const isKnown = value === '' || options.some((option) => option.value === value)
  return (
    <select
      {...ties}
      value={value}
      onChange={({ target }) => {
        form.set(path, target.value === '' ? undefined : target.value)
        form.leave()
      }}
    >
      {isRequired && value !== '' ? null : <option value="">{none}</option>}
      {isKnown ? null : <option value={value}>{value} (does not exist)</option>}
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  )
}

/** A number; the text stays as typed while it is none. */
export const NumberControl = (
  props: ControlProps & { scale?: number; min?: number | undefined; max?: number | undefined },
) => {
  const { path, ties, placeholder, scale = 1, min, max } = props
  const form = useForm()
  const stored = form.get(path)
  const [typed, setTyped] = useState<string>()
  const shown = typeof stored === 'number' ? String(stored / scale) : textAt(stored)
  const bound = (limit: number | undefined) => (limit === undefined ? undefined : limit / scale)
  return (
    <input
      {...ties}
      type="number"
      step="any"
      min={bound(min)}
      max={bound(max)}
      placeholder={placeholder}
      value={typed !== undefined && Number(typed) * scale === stored ? typed : shown}
      onChange={({ target: { value } }) => {
        setTyped(value)
        form.set(path, value === '' ? undefined : Math.round(Number(value) * scale * 1e6) / 1e6)
      }}
    />
  )
}

/** A time zone, by its name: those of this browser to choose from. */
export const TimeZoneControl = ({ path, ties }: ControlProps) => (
  <TextControl path={path} ties={ties} isRequired list={Intl.supportedValuesOf('timeZone')} />
)

/** JSON, for what no field is known; it takes effect once it can be read. */
export const JsonControl = ({ path, ties }: ControlProps) => {
  const form = useForm()
  const [typed, setTyped] = useState<string>()
  const [problem, setProblem] = useState<string>()
  const stored = form.get(path)
  return (
    <>
      <textarea
        {...ties}
        rows={4}
        spellCheck={false}
        value={typed ?? (stored === undefined ? '' : JSON.stringify(stored, undefined, 2))}
        onChange={({ target: { value } }) => {
          setTyped(value)
          try {
            form.set(path, value.trim() === '' ? undefined : JSON.parse(value))
            setProblem(undefined)
          } catch (error) {
            setProblem(`is no JSON yet: ${(error as Error).message}`)
          }
        }}
      />
      {problem ? <output>{problem}</output> : null}
    </>
  )
}
