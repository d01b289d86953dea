/** Whether a DATABASE_URL names a Postgres server. */
export const isPostgresUrl = (url: string): boolean => /^postgres(ql)?:\/\//i.test(url)

/** Where a Postgres database is; no user and no password. */
export interface PostgresPlace {
  /** A name, an address, or the folder of a socket. */
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user?: string
}

const EXAMPLE = 'postgres://user:password@host/database'

/** As the driver reads it: for a socket the host is in the query, and the URL has a user but no host. */
const parsed = (url: string): URL | null => URL.parse(url.replace('@/', '@socket.invalid/'))

const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** Takes a Postgres URL apart, or says what is wrong with it, without repeating it: it may hold a password. */
export const readPostgresUrl = (url: string): PostgresPlace | string => {
  const read = parsed(url)
  if (!read || [read.username, read.password, read.pathname].some((part) => decoded(part) === undefined))
    return `must be a URL like ${EXAMPLE}; write @ / # ? : and % in user and password as %40 %2F %23 %3F %3A %25`
  const host = read.searchParams.get('host') ?? read.hostname.replace('socket.invalid', '').replaceAll(/^\[|\]$/g, '')
  if (host === '')
    return `names no host: write ${EXAMPLE}, or for a socket postgres:///database?host=/var/run/postgresql`
  const database = decoded(read.pathname.slice(1)) ?? ''
  if (database === '') return `names no database: write ${EXAMPLE}`
  const port = Number(read.searchParams.get('port') ?? (read.port || 5432))
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return 'has a port that is no number from 1 to 65535'
  const user = read.searchParams.get('user') ?? decoded(read.username) ?? ''
  return { host: decoded(host) ?? host, port, database, ...(user === '' ? {} : { user }) }
}

/** The passwords of a Postgres URL, as written and decoded: what no log line may have. */
export const passwordsOf = (url: string): string[] => {
  const read = parsed(url)
  const written = read?.password ?? ''
  const found = [written, decoded(written) ?? '', read?.searchParams.get('password') ?? '']
  return [...new Set(found)].filter((password) => password !== '')
}

/** The place in words: `the database llc at db.example.com:5432`. */
export const postgresPlaceText = (url: string): string => {
  const place = readPostgresUrl(url)
  return typeof place === 'string' ? 'a Postgres database' : `the database ${place.database} at ${hostText(place)}`
}

const hostText = ({ host, port }: PostgresPlace): string => `${host.includes(':') ? `[${host}]` : host}:${port}`

const quoted = (text: string): string => (/^[\w./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

/** The place as options of Postgres's own programs; they ask for the password, or take it from PGPASSWORD. */
const optionsOf = ({ host, port, user, database }: PostgresPlace): string =>
  [
    `--host=${quoted(host)}`,
    `--port=${port}`,
    ...(user === undefined ? [] : [`--username=${quoted(user)}`]),
    quoted(database),
  ].join(' ')

/** The command that makes a backup of the database of a URL in `file`; its password is not in it. */
export const pgDumpCommand = (url: string, file: string): string => {
  const place = readPostgresUrl(url)
  const where = typeof place === 'string' ? '--host=HOST --username=USER DATABASE' : optionsOf(place)
  return `pg_dump --format=custom --file=${quoted(file)} ${where}`
}

/** The command that runs a statement in the database of a URL; its password is not in it. */
export const psqlCommand = (url: string, statement: string): string => {
  const place = readPostgresUrl(url)
  const where = typeof place === 'string' ? '--host=HOST --username=USER DATABASE' : optionsOf(place)
  return `psql ${where} --command='${statement}'`
}
