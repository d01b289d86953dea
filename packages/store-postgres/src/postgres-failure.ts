import { GatewayError } from '@llc-phone/core'

/** What happened and what the operator can do, by the beginning of a SQLSTATE or a code of the system. */
const REMEDIES: readonly (readonly [codes: RegExp, message: string])[] = [
  [
    /^TLS_REQUIRED/,
    'Postgres takes only connections with TLS. Add ?sslmode=verify-full to DATABASE_URL, and &sslrootcert=/path/to/ca.pem where its certificate comes from an authority of its own.',
  ],
  [
    /^TLS_ABSENT/,
    'Postgres offers no TLS, and DATABASE_URL asks for it. Turn ssl on in Postgres, or remove sslmode from DATABASE_URL.',
  ],
  [
    /^(TLS_FILE|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(GET|VERIFY)|CERT_|ERR_TLS|ERR_SSL|ERR_OSSL|HOSTNAME_MISMATCH|INVALID_CA)/,
    'The certificate of Postgres cannot be checked. Name its authority in DATABASE_URL with sslrootcert=/path/to/ca.pem (a file that this user may read), and the host as the certificate does.',
  ],
  [
    /^PGBOUNCER/,
    'PgBouncer refuses a setting of the connection. Set in pgbouncer.ini: ignore_startup_parameters = statement_timeout, idle_in_transaction_session_timeout.',
  ],
  [
    /^POOL_BUSY/,
    'All connections of this instance to Postgres are in use: Postgres is slow or does not answer. Look at its load and locks; if it has little to do, raise DATABASE_POOL.',
  ],
  [/^28P01/, 'Postgres refuses the password. Check user and password in DATABASE_URL.'],
  [/^28/, 'Postgres does not let this user in. Check user and password in DATABASE_URL, and pg_hba.conf.'],
  [/^3D000/, 'Postgres has no database of this name. Create it, or name another one in DATABASE_URL.'],
  [
    /^3F000/,
    'The user of DATABASE_URL has no schema in Postgres. Make it the owner of the database, or grant it USAGE and CREATE on the schema public.',
  ],
  [
    /^42501/,
    'The user of DATABASE_URL may not do this in Postgres. Make it the owner of the database, or grant it CREATE on the database and its schema.',
  ],
  [
    /^25006/,
    'Postgres only reads: it is a standby, or default_transaction_read_only is on. Name the primary in DATABASE_URL.',
  ],
  [/^53100/, 'The disk of Postgres is full. Make room there: writing goes on by itself, nothing needs a restart.'],
  [/^53300/, 'Postgres has no connection left. Raise max_connections, lower DATABASE_POOL, or put PgBouncer in front.'],
  [/^53/, 'Postgres has run out of memory or another resource. Look at its log: nothing is stored while this lasts.'],
  [/^57014/, 'Postgres took too long for a statement. Look for locks and load there.'],
  [/^55P03/, 'Another process holds a lock in Postgres. Find it in pg_stat_activity and let it finish.'],
  [/^57P/, 'Postgres is shutting down or starting. Nothing is stored while this lasts.'],
  [/^(58|F0|XX)/, 'Postgres has an internal error. Look at its log; the database may be damaged.'],
  [
    /^(08|ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ENOENT|EACCES)/,
    'Postgres cannot be reached. Check host and port in DATABASE_URL, and that it runs: nothing is stored while this lasts.',
  ],
]

/** Postgres works and refuses the statement: a retry would not help. */
const REFUSED = /^(0A|21|22|23|42(?!501))/

/** What `isRefused` and `isConflict` look for. */
const marksOf = (code: string) => ({
  ...(REFUSED.test(code) ? { isRefused: true } : {}),
  ...(code === '23505' ? { isConflict: true } : {}),
})

/** The driver says these in words only. */
const LOST = /timeout|terminated|not queryable|Connection ended|closed/i

/** What servers, poolers and the driver say in words only, or with a code that says less. */
const IN_WORDS: readonly (readonly [words: RegExp, code: string])[] = [
  [/no encryption|SSL off|sslmode|SSL connection is required|insecure/i, 'TLS_REQUIRED'],
  [/does not support SSL/i, 'TLS_ABSENT'],
  [/unsupported startup parameter/i, 'PGBOUNCER'],
  [/password must be a string|password authentication failed/i, '28P01'],
  [/max_client_conn|no more connections/i, '53300'],
  [/exceeded when trying to connect/i, 'POOL_BUSY'],
]

/** Codes whose words say more. */
const VAGUE = /^(08P01|28000)$/

/** The SQLSTATE of an error of Postgres, the system's code, or one of {@link IN_WORDS}. */
export const codeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  // A file of the URL, as sslrootcert; a socket that is not there has another system call.
  if ('syscall' in error && error.syscall === 'open') return 'TLS_FILE'
  if (code !== undefined && !VAGUE.test(code)) return code
  const said = IN_WORDS.find(([words]) => words.test(error.message))?.[1]
  return said ?? code ?? (LOST.test(error.message) ? '08006' : undefined)
}

/** Whether Postgres itself failed or is away, so that other writes would fail too. */
export const isAway = (error: unknown): boolean => {
  const code = codeOf(error)
  return code !== undefined && REMEDIES.some(([codes]) => codes.test(code))
}

/** Whether the transaction lost a race and may be tried again: nothing was done. */
export const isLostRace = (error: unknown): boolean => /^(40001|40P01)$/.test(codeOf(error) ?? '')

/** The failure of a statement in an error: Drizzle wraps it, and only those who await its queries one by one unwrap it. */
export const failureIn = (error: unknown): GatewayError | undefined => {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof GatewayError) return at
  return undefined
}

/** A code of the server, which has answered then. */
const SQLSTATE = /^(?=.{5}$)(\d|F0|HV|P0|XX)/

/** The connection is lost, or leads to a server that only reads: after a failover the next one may lead to another server. */
const ENDS_CONNECTION = /^(08|25006|57P)/

/** Whether the connection on which a transaction has failed is of use for others, once it is rolled back. */
export const mayGoOn = (error: unknown): boolean => {
  const code = codeOf(failureIn(error)?.cause)
  return code === undefined || (SQLSTATE.test(code) && !ENDS_CONNECTION.test(code))
}

/** Whether Postgres goes on answering what is only read. */
export const isOfWriting = (failure: GatewayError): boolean => /^(25006|53100)$/.test(codeOf(failure.cause) ?? '')

/** Turns a failure of Postgres into a `database_failed`. Only its code goes on: its words may hold names and numbers. */
export const postgresError = (error: unknown): GatewayError => {
  if (error instanceof GatewayError) return error
  const code = codeOf(error)
  if (code === undefined) return new GatewayError('database_failed', 'Postgres could not run the query.')
  const remedy = REMEDIES.find(([codes]) => codes.test(code))?.[1]
  return new GatewayError('database_failed', remedy ?? `Postgres refuses the query (SQLSTATE ${code}).`, {
    cause: Object.assign(new Error(`SQLSTATE ${code}`), { code }, marksOf(code)),
  })
}
