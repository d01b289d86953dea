import { ApiError } from '../api/client.ts'

/** A sentence that was said at the edge of the page. */
export interface Toast {
  readonly id: number
  readonly text: string
  readonly isError: boolean
}

/** A sentence stays as long as it takes to read it twice; an error stays until it is closed. */
const STAYS_MS = 6_000
const MOST = 4

let toasts: readonly Toast[] = []
let last = 0
const readers = new Set<() => void>()

const change = (to: readonly Toast[]): void => {
  toasts = to
  for (const reader of readers) reader()
}

/** What is said just now, for `useSyncExternalStore`. */
export const saidNow = (): readonly Toast[] => toasts

/** Calls back when something is said or goes away. */
export const onSaid = (reader: () => void) => {
  readers.add(reader)
  return () => void readers.delete(reader)
}

/** Takes a sentence away. */
export const unsay = (id: number): void => change(toasts.filter((toast) => toast.id !== id))

const add = (text: string, isError: boolean): void => {
  const id = ++last
  change([...toasts.filter((toast) => toast.text !== text), { id, text, isError }].slice(-MOST))
  if (!isError) setTimeout(unsay, STAYS_MS, id)
}

/** Says in one sentence what was done. */
export const say = (text: string): void => add(text, false)

/** An error as a sentence, with its code when it has one. */
export const errorText = (error: unknown): string =>
  error instanceof ApiError
    ? `${error.message} (${error.code})`
    : error instanceof Error
      ? error.message
      : String(error)

/** Says what failed, until it is closed; for what has no place of its own on the page. */
export const sayError = (error: unknown): void => add(errorText(error), true)
