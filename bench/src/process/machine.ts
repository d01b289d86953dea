import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

/** Linux counts a process's CPU time in these ticks on every architecture Node runs on. */
const TICKS_PER_SECOND = 100

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly node: string
  readonly date: string
  /** Each relay had a core of its own. */
  readonly pinned: boolean
}

/** The cores this process may use, from a list like `0-3,6`. */
const allowedCores = (): number[] => {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0'
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number)
    return Array.from({ length: last! - first! + 1 }, (_, index) => first! + index)
  })
}

/** The core of the load and the core of the relay, or `undefined` where processes cannot be kept apart. */
export const pinnedCores = (): { readonly load: string; readonly relay: string } | undefined => {
  const cores = allowedCores()
  if (cores.length < 2 || spawnSync('taskset', ['--version']).error) return undefined
  return { load: cores.slice(0, -1).join(','), relay: String(cores.at(-1)) }
}

/** Describes the machine for the report. */
export const describeMachine = (pinned: boolean): Machine => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: allowedCores().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.versions.node,
  date: new Date().toISOString().slice(0, 10),
  pinned,
})

/** CPU time a process has used so far, all its threads, user and system, in milliseconds. */
export const cpuMsOf = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field is the command in brackets and may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / TICKS_PER_SECOND
}

/** CPU time everything on this machine has used so far, in milliseconds. */
export const machineCpuMs = (): number => {
  const [, user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8')
    .split('\n', 1)[0]!
    .split(/\s+/)
  const ticks = [user, nice, system, irq, softirq, steal].reduce((total, each) => total + Number(each), 0)
  return (ticks * 1_000) / TICKS_PER_SECOND
}
