import type { E164 } from '@llc-phone/core'

/** A number and the mode instance that answers it. */
export interface NumberAssignment {
  readonly number: E164
  readonly mode: string
  readonly setBy: string
  readonly setAt: Date
}

/** One change of an assignment. */
export interface NumberChange {
  readonly number: E164
  /** `null`: it was removed. */
  readonly mode: string | null
  /** `null`: there was none before. */
  readonly previousMode: string | null
  readonly changedBy: string
  readonly changedAt: Date
}

/** Which number answers in which mode, as changed at run time; every change is recorded. */
export interface NumberBook {
  /** By number. */
  list(): Promise<readonly NumberAssignment[]>
  /** `by`: who made the change. */
  set(number: E164, mode: string, by: string): Promise<void>
  /** Whether there was one. */
  remove(number: E164, by: string): Promise<boolean>
  /** The latest first; of all numbers when none is given. */
  history(limit: number, number?: E164): Promise<readonly NumberChange[]>
}
