import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { commandLine } from '../processes/process-facts.ts'

/** Looking must not take longer than this. */
const LOOK_LIMIT_MS = 2_000

/** The processes that listen on a TCP port, as far as the system tells; several share one that they have inherited. */
export const portHolders = (port: number): number[] => {
  try {
    const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)))
    if (sockets.size === 0) return []
    return readdirSync('/proc')
      .filter((pid) => /^\d+$/.test(pid) && ownsSocket(pid, sockets))
      .map(Number)
  } catch {
    return askLsof(port)
  }
}

/** Names the process that listens on a TCP port, e.g. `process 4711 (node server.js)`, as far as the system tells. */
export const describePortHolder = (port: number): string => {
  const [pid] = portHolders(port)
  return pid === undefined ? 'another process' : describeProcess(pid)
}

/** For example `process 4711 (node server.js)`. */
export const describeProcess = (pid: number): string => {
  const line = commandLine(pid)
  return line === undefined ? `process ${pid}` : `process ${pid} (${line.slice(0, 120)})`
}

const askLsof = (port: number): number[] => {
  try {
    const told = execFileSync('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-t'], {
      encoding: 'utf8',
      timeout: LOOK_LIMIT_MS,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return told.split('\n').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** Columns of /proc/net/tcp: 1 is the local ADDRESS:PORT in hexadecimal, 3 the state (0A = listening), 9 the inode. */
const listeningInodes = (table: string, port: number): string[] => {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return readFileSync(table, 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(suffix) && columns[3] === '0A')
    .map((columns) => `socket:[${columns[9]}]`)
}

const ownsSocket = (pid: string, sockets: ReadonlySet<string>): boolean => {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return sockets.has(readlinkSync(`/proc/${pid}/fd/${fd}`))
      } catch {
        return false // closed meanwhile
      }
    })
  } catch {
    return false // another user's process
  }
}
