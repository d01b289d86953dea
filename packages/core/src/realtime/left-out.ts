import type { WireError } from './protocol.ts'
import { bodyWithout, insteadOf, refusedField, type Body, type Reading } from './refused-field.ts'

/** What a body is of: a `session.update` or a `response.create`. */
export type BodyOf = 'session' | 'response'

/** A server that refuses more than this is another kind of server. */
const MAX_LEFT_OUT = 12

/** What a server has refused by name and a call can be without. It belongs to the server, so that the next call is not refused again. */
export interface LeftOut {
  /** The body as this server takes it. */
  fit(of: BodyOf, body: Body): Body
  /**
   * Reads an error about a body (before `fit`). `left`: a field that is left out from now on, so that it is worth asking
   * again; `known`: one that was left out already. `undefined`: nothing that can be left out.
   */
  learn(of: BodyOf, error: WireError, body: Body, reading?: Reading): 'left' | 'known' | undefined
  /** It helped: the server has taken what it was sent. */
  confirm(): void
  /** It did not help: what was left out since the last confirmation is sent again. */
  forget(): void
  /** Whether a field of this name is not sent any more, or what it is part of. */
  lacks(name: string): boolean
}

/** Starts with a server of which nothing is known. `onLeftOut` hears of each field once. */
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
      // What takes the place of a field can be refused in its turn.
      const next = fields[of].has(field) && !reading.isChange ? insteadOf(field) : field
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
