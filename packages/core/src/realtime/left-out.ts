import type { WireError } from './protocol.ts'
import { bodyWithout, fieldAfterSubstitute, refusedField, type Body, type Reading } from './refused-field.ts'

/** Which body: that of a `session.update` or of a `response.create`. */
export type BodyOf = 'session' | 'response'

/** Fields left out at most; a server that refuses more is not compatible. */
const MAX_LEFT_OUT = 12

/** The fields a server has refused and a call can do without. Kept per server, so that the next call is not refused again. */
export interface LeftOut {
  /** The body without the refused fields. */
  fit(of: BodyOf, body: Body): Body
  /**
   * Reads an error about a body (as it was before `fit`). `left`: a field is left out from now on, so send it again; `known`:
   * the field was left out already; `undefined`: the error names no field that can be left out.
   */
  learn(of: BodyOf, error: WireError, body: Body, reading?: Reading): 'left' | 'known' | undefined
  /** The server has accepted the body: what was left out stays out. */
  confirm(): void
  /** Leaving out did not help: fields left out since the last confirmation are sent again. */
  forget(): void
  /** Whether a field of this name is left out. */
  lacks(name: string): boolean
}

/** Creates it empty. `onLeftOut` is called once for each field. */
export const createLeftOut = (onLeftOut: (field: string) => void = () => {}): LeftOut => {
  const fields: Record<BodyOf, Set<string>> = { session: new Set(), response: new Set() }
  const confirmed = new Set<string>()
  const all = (): [BodyOf, string][] =>
    (['session', 'response'] as const).flatMap((of) => [...fields[of]].map((field): [BodyOf, string] => [of, field]))

  return {
    fit: (of, body) => [...fields[of]].reduce(bodyWithout, body),
    learn(of, error, body, reading = {}) {
      const field = refusedField(error, body, reading)
      if (field === undefined) return undefined
      // The substitute of a field can be refused too.
      const next = fields[of].has(field) && !reading.isChange ? fieldAfterSubstitute(field) : field
      if (next === undefined || fields[of].has(next)) return 'known'
      if (fields[of].size >= MAX_LEFT_OUT) return undefined
      fields[of].add(next)
      return 'left'
    },
    confirm() {
      for (const [of, field] of all()) {
        const told = `${of}.${field}`
        if (confirmed.has(told)) continue
        confirmed.add(told)
        onLeftOut(told)
      }
    },
    forget() {
      for (const [of, field] of all()) if (!confirmed.has(`${of}.${field}`)) fields[of].delete(field)
    },
    lacks: (name) => all().some(([, field]) => field === name || field.endsWith(`.${name}`)),
  }
}
