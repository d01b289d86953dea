import pg from 'pg'
import { failureIn, isLostRace, mayGoOn, postgresError } from './postgres-failure.ts'
import { typeParsers } from './postgres-types.ts'

/** What runs statements; rows are arrays of columns. */
export interface PostgresClient {
  query(text: string, params?: readonly unknown[]): Promise<unknown[][]>
  /** Rows as objects, with the driver's own types, as other libraries expect them; absent where none shares the connection. */
  objects?(text: string, params?: readonly unknown[]): Promise<Record<string, unknown>[]>
}

/** Connections to one database. Every rejection is a `database_failed`. */
export interface PostgresPool extends PostgresClient {
  /**
   * Runs `work` in a transaction on one connection, and again if it lost a race against another one. What it rejects with is
   * passed on after a rollback.
   */
  inTransaction<Result>(work: (client: PostgresClient) => Promise<Result>): Promise<Result>
  /**
   * A transaction in one round trip: `send` sends its statements without waiting for answers and resolves with what they will
   * answer. Rejects with what the first one that failed rejects with, and nothing is kept then, unless the connection was lost
   * when all were sent: they may be carried out. Of a batch whose beginning alone was cancelled, as by an administrator, each
   * statement stands for itself. Runs again after a lost race.
   */
  batch(send: (client: PostgresClient) => Promise<readonly Promise<unknown>[]>): Promise<unknown[]>
  /** Waits for statements that run, then ends all connections. */
  close(): Promise<void>
}

/** A caller waits for what a statement answers. */
const STATEMENT_MS = 2_000
/** Also when Postgres does not answer at all: its own limit is then of no use. */
const ANSWER_MS = 4_000
const CONNECT_MS = 2_000
/** A transaction whose process hangs must not hold its locks. */
const IDLE_IN_TRANSACTION_MS = 5_000
/** A connection that is silent for so long is asked whether its other end is there: that of a host that vanished ends otherwise after hours, or never. */
export const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const
/** Races are lost to a transaction that has won; after some, something else is wrong. */
const MOST_TRIES = 5

/** How connections are made. */
export interface PoolOptions {
  /** At most. */
  readonly connections: number
  /** Statements may take as long as they like, as those of migrations do. */
  readonly isPatient?: boolean
}

/** Connects when it is needed. */
export const openPool = (url: string, { connections, isPatient = false }: PoolOptions): PostgresPool => {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    types: typeParsers,
    application_name: 'llc-phone',
    pipeline: true,
    connectionTimeoutMillis: CONNECT_MS,
    ...(isPatient
      ? {}
      : {
          statement_timeout: STATEMENT_MS,
          idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
        }),
    ...KEEP_ALIVE,
  })
  const ignore = (): void => {}
  // A connection that waits in the pool and is lost is replaced by the next query.
  pool.on('error', ignore)
  // The pool listens to those that wait in it alone, and one may be lost in the very moment in which it is handed out. What fails
  // rejects its statement, or the next one.
  pool.on('connect', (client) => void client.on('error', ignore))

  const clientOn = (on: pg.Pool | pg.PoolClient, limit: { readonly query_timeout?: number } = {}): PostgresClient => ({
    async query(text, values = []) {
      try {
        const { rows } = await on.query<unknown[]>({ text, values: [...values], rowMode: 'array', ...limit })
        return rows
      } catch (error) {
        throw postgresError(error)
      }
    },
    async objects(text, values = []) {
      try {
        const answer = await on.query<Record<string, unknown>>({ text, values: [...values], types: pg.types, ...limit })
        // A text of several statements has an answer for each.
        return [answer].flat().flatMap(({ rows }) => rows)
      } catch (error) {
        throw postgresError(error)
      }
    },
  })

  /**
   * Gives a connection up that answers nothing for as long as one statement may take. The driver's own limits would all run from
   * the beginning: of statements that are sent at once each waits for those before it.
   */
  const limited = (client: pg.PoolClient, { query, objects }: PostgresClient): PostgresClient => {
    let unanswered = 0
    let timer: NodeJS.Timeout | undefined
    const watch = (): void => {
      clearTimeout(timer)
      if (unanswered > 0) timer = setTimeout(() => client.connection.stream.destroy(), ANSWER_MS)
    }
    const watching =
      <Args extends unknown[], Answer>(ask: (...args: Args) => Promise<Answer>) =>
      async (...args: Args): Promise<Answer> => {
        const answer = ask(...args)
        if (unanswered++ === 0) watch()
        try {
          return await answer
        } finally {
          unanswered--
          watch()
        }
      }
    return { query: watching(query), ...(objects ? { objects: watching(objects) } : {}) }
  }

  /** `together`: what is sent until `flush` leaves in one write, because each one costs more than the statement. */
  const once = async <Result>(
    work: (
      client: PostgresClient,
      begun: Promise<unknown>,
      commit: () => Promise<unknown>,
      flush: () => void,
    ) => Promise<Result>,
    together = false,
  ): Promise<Result> => {
    const client = await pool.connect().catch((error: unknown) => {
      throw postgresError(error)
    })
    const on = isPatient ? clientOn(client) : limited(client, clientOn(client))
    const { query } = on
    let committed: Promise<unknown> | undefined
    const commit = (): Promise<unknown> => (committed ??= query('COMMIT'))
    const { stream } = client.connection
    if (together) stream.cork()
    try {
      const begun = query('BEGIN')
      begun.catch(ignore)
      const result = await work(on, begun, commit, () => stream.uncork())
      await commit()
      client.release()
      return result
    } catch (error) {
      // Where nothing answers, a rollback would wait as long again; without its connection the server rolls back by itself.
      const isUsable =
        mayGoOn(error) &&
        // Committing a transaction that has failed ends it as well.
        (await (committed ?? query('ROLLBACK')).then(
          () => true,
          () => false,
        ))
      client.release(!isUsable)
      throw error
    }
  }

  const untilWon = async <Result>(attemptOnce: () => Promise<Result>): Promise<Result> => {
    for (let attempt = 1; ; attempt++) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- again only after it failed
        return await attemptOnce()
      } catch (error) {
        if (attempt === MOST_TRIES || !isLostRace(failureIn(error)?.cause)) throw error
      }
    }
  }

  return {
    ...clientOn(pool, isPatient ? {} : { query_timeout: ANSWER_MS }),
    inTransaction: (work) =>
      untilWon(() =>
        once(async (client, begun) => {
          await begun
          return work(client)
        }),
      ),
    batch: (send) =>
      untilWon(() =>
        once(async (client, begun, commit, flush) => {
          const sent = send(client).then((answers) => ({ answers, committed: commit() }))
          const { answers, committed } = await sent.finally(flush)
          const settled = await Promise.allSettled([begun, ...answers, committed])
          const failed = settled.find((each) => each.status === 'rejected')
          if (failed) throw failed.reason
          return Promise.all(answers)
        }, true),
      ),
    close: () => pool.end(),
  }
}
