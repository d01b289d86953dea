import { createContext, useContext } from 'react'
import type { Finding, Path } from './values.ts'

/** What a form edits: a document, place by place. */
export interface FormHost {
  readonly isReadOnly: boolean
  get(path: Path): unknown
  /** `undefined` takes the field away. */
  set(path: Path, value: unknown): void
  /** Somebody has left a field: what waits is saved and checked at once. */
  leave(): void
  /** What is to be said about exactly this place. */
  findings(path: Path): readonly Finding[]
  readonly choices: FormChoices
}

/** What can be chosen in a field, by what it is called. */
export interface FormChoices {
  readonly routes: readonly { readonly value: string; readonly label: string }[]
  readonly instances: readonly { readonly value: string; readonly label: string }[]
  readonly people: readonly string[]
  readonly voices: readonly string[]
  readonly timeZone: string | undefined
  /** Today at the business, `2026-12-24`. */
  readonly today: string
  /** Understands a number as it is dialled at home. */
  telephone(
    text: string,
  ): Promise<{ number?: string | undefined; shown?: string | undefined; extension?: string | undefined }>
}

/** The form around a field. */
export const FormHostContext = createContext<FormHost | undefined>(undefined)

/** The form around; throws outside of one. */
export const useForm = (): FormHost => {
  const host = useContext(FormHostContext)
  if (!host) throw new Error('a field stands outside of its form')
  return host
}
