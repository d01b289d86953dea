import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Names the process that listens on a TCP port, e.g. `process 4711 (node server.js)`, as far as /proc can tell. */
export const describePortHolder = (port: number): string => {
  try {
    const sockets = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)))
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid) || !ownsSocket(pid, sockets)) continue
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim().slice(0, 120)
      return `process ${pid} (${command})`
    }
  } catch {
    // Not Linux, or no permission.
  }
  return 'another process'
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
