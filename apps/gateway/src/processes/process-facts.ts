import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder that `.env` is in, which is where `./phone` works from: of a checkout, or the one that a build lies in. */
export const HOME = dirname(fileURLToPath(new URL('../../../../.env', import.meta.url)))

/** Programs of this folder that hold a port of the gateway. */
const PROGRAMS: ReadonlySet<string> = new Set([
  ...['build/start.js', 'src/main.ts', 'dev/dev-command.ts', 'dev/main.ts'].map((file) =>
    join(HOME, 'apps/gateway', file),
  ),
  join(HOME, 'dist/main.js'),
  // A build, whatever its folder is called: the command that runs lies beside it.
  join(dirname(process.argv[1] ?? ''), 'main.js'),
])

/** Looking must not take longer than this. */
const LOOK_LIMIT_MS = 2_000

/** Whether there is a process of that id that has not ended. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  try {
    // One that has ended and that its parent has not asked about holds nothing.
    return !/^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return true
  }
}

/** The words a process was started with, which may have spaces in them; `undefined` where the system does not tell them apart. */
const wordsOf = (pid: number): readonly string[] | undefined => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
  } catch {
    // Not Linux, or it has gone.
    return undefined
  }
}

/** The command line of a process; `undefined` when there is none, or it is not told. */
export const commandLine = (pid: number): string | undefined => {
  const words = wordsOf(pid)
  if (words) return words.join(' ').trim()
  try {
    const told = execFileSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: LOOK_LIMIT_MS,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return told.trim() || undefined
  } catch {
    return undefined
  }
}

const workingFolder = (pid: number): string => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return HOME
  }
}

/**
 * Whether a process is a gateway of this folder. Its command line has to say so, because process ids are used again; Windows
 * does not tell it, and there nobody else's process is ended for that.
 */
export const isOurs = (pid: number): boolean => {
  if (!isAlive(pid)) return false
  const words = wordsOf(pid)
  const folder = workingFolder(pid)
  if (words) return words.some((word) => PROGRAMS.has(resolve(folder, word)))
  const line = commandLine(pid) ?? ''
  return (
    [...PROGRAMS].some((program) => ` ${line} `.includes(` ${program} `)) ||
    line.split(' ').some((word) => PROGRAMS.has(resolve(folder, word)))
  )
}
