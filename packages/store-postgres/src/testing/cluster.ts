import { execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

/** Where distributions put the programs of a server. */
const FOLDERS = ['/usr/lib/postgresql', '/opt/homebrew/opt', '/usr/local/opt', '/usr/pgsql']

/** The folder with `initdb` and `postgres`; undefined where no server is installed. */
export const postgresPrograms = (): string | undefined => {
  try {
    const folder = execFileSync('pg_config', ['--bindir'], { encoding: 'utf8', stdio: 'pipe' }).trim()
    if (existsSync(join(folder, 'initdb'))) return folder
  } catch {
    // Not installed, or only the client.
  }
  return FOLDERS.filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((version) => join(folder, version, 'bin')))
    .toSorted()
    .findLast((folder) => existsSync(join(folder, 'initdb')))
}

/** Whether tests can start a server; throws where one is required (REQUIRE_POSTGRES) and none is installed. */
export const hasPostgres = (): boolean => {
  if (postgresPrograms() !== undefined) return true
  if (process.env.REQUIRE_POSTGRES)
    throw new Error('REQUIRE_POSTGRES is set, and no Postgres server is installed: initdb was not found.')
  return false
}

/** A server of its own for tests, on a socket in a temporary folder. It does not wait for the disk. */
export interface Cluster {
  /** The URL of a database of it. */
  url(database: string): string
  /** Makes an empty database, or a copy of another one that nobody uses meanwhile. */
  create(database: string, template?: string): Promise<void>
  /** Runs a statement in a database, on a connection of its own. */
  ask(database: string, text: string): Promise<void>
  /** The process of the server. */
  readonly pid: number
  /** Ends the server at once, and starts it again on the same files. */
  restart(downMs?: number): Promise<void>
  stop(): Promise<void>
}

const PORT = 5432
const READY_WITHIN_MS = 20_000

/** `initdb` refuses root. */
const servant = (): { readonly uid: number; readonly gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined
  for (const name of ['postgres', 'nobody'])
    try {
      const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }))
      return { uid: id('-u'), gid: id('-g') }
    } catch {
      // No such user.
    }
  return undefined
}

/** Starts a server; throws where none is installed. */
export const startCluster = async (): Promise<Cluster> => {
  const programs = postgresPrograms()
  if (programs === undefined) throw new Error('No Postgres server is installed: initdb was not found.')
  const user = servant()
  const folder = mkdtempSync(join(tmpdir(), 'llc-pg-'))
  if (user) chownSync(folder, user.uid, user.gid)
  const data = join(folder, 'data')
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'llc', '--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C'],
    { ...user, stdio: 'pipe', cwd: folder },
  )
  const settings = {
    listen_addresses: '',
    unix_socket_directories: folder,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    max_connections: '200',
    shared_buffers: '64MB',
  }
  const url = (database: string) => `postgres://llc@/${database}?host=${encodeURIComponent(folder)}&port=${PORT}`
  const ask = async (database: string, text: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url(database) })
    client.on('error', () => {})
    await client.connect()
    try {
      await client.query(text)
    } finally {
      await client.end()
    }
  }
  const start = async () => {
    const child = spawn(
      join(programs, 'postgres'),
      ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { ...user, stdio: 'ignore', cwd: folder },
    )
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    for (const begun = Date.now(); ;) {
      try {
        await ask('postgres', 'SELECT 1')
        return { child, gone }
      } catch (error) {
        if (Date.now() - begun > READY_WITHIN_MS || child.exitCode !== null) throw error
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }
  let server = await start()
  const down = async (signal: 'SIGINT' | 'SIGQUIT') => {
    server.child.kill(signal)
    await server.gone
  }
  return {
    url,
    ask,
    create: (database, template) =>
      ask('postgres', `CREATE DATABASE "${database}"${template === undefined ? '' : ` TEMPLATE "${template}"`}`),
    get pid() {
      return server.child.pid!
    },
    async restart(downMs = 0) {
      await down('SIGQUIT')
      await new Promise((resolve) => setTimeout(resolve, downMs))
      server = await start()
    },
    async stop() {
      await down('SIGINT')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
