import pg from 'pg'

/** How often each statement was sent since a moment. */
export interface StatementCount {
  /** By the statement, begin and end of transactions too. */
  readonly sent: ReadonlyMap<string, number>
  /** Of all. */
  total(): number
  stop(): void
}

/** Counts what this process sends to every Postgres from now on. */
export const countStatements = (): StatementCount => {
  const prototype = pg.Client.prototype as unknown as { query: (...asked: unknown[]) => unknown }
  const { query } = prototype
  const sent = new Map<string, number>()
  prototype.query = function counted(this: unknown, ...asked) {
    const [what] = asked as [string | { readonly text: string }]
    const text = typeof what === 'string' ? what : what.text
    sent.set(text, (sent.get(text) ?? 0) + 1)
    return query.apply(this, asked)
  }
  return {
    sent,
    total: () => [...sent.values()].reduce((sum, count) => sum + count, 0),
    stop() {
      prototype.query = query
    },
  }
}
