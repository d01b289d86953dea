import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** What a machine gives a process. */
export interface Machine {
  readonly cores: number
  /** How many files and sockets the process may open; unknown when absent. */
  readonly files?: number | undefined
}

/** How many calls a process takes at a time, and why that many. */
export interface Capacity {
  readonly calls: number
  readonly why: string
}

/**
 * Calls on one core. One event loop carries the audio of all calls, so further cores add nothing (run another process); a
 * second one takes everything else: the database and the operating system. Measured: docs/reference/performance.md.
 */
const CALLS_OF_LOOP = 250
const CALLS_ON_ONE_CORE = 150
/** A call has a socket to its carrier and one to its model. 200 are kept for webhooks, files and the database. */
const SOCKETS_PER_CALL = 2
const FILES_KEPT = 200

/** Reads what this machine gives this process. Only Linux tells how many files may be open. */
export const readMachine = (): Machine => {
  const cores = availableParallelism()
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return { cores, files: soft === undefined ? undefined : Number(soft) }
  } catch {
    return { cores }
  }
}

/** How many calls a process takes: what is set, else what the machine carries; never more than it has sockets for. */
export const capacityOf = (wanted: number | undefined, { cores, files = Infinity }: Machine): Capacity => {
  const byFiles = Math.max(1, Math.floor((files - FILES_KEPT) / SOCKETS_PER_CALL))
  const byCores = cores > 1 ? CALLS_OF_LOOP : CALLS_ON_ONE_CORE
  const calls = wanted ?? byCores
  if (calls > byFiles)
    return { calls: byFiles, why: `ulimit -n is ${files}; a call needs 2 files, everything else 200` }
  const byMachine = cores > 1 ? 'default for two cores or more' : 'default for one core'
  return { calls, why: wanted === undefined ? `${byMachine}; MAX_CALLS changes it` : 'MAX_CALLS' }
}
