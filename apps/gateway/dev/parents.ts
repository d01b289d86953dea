import { readFileSync } from 'node:fs'
import { commandLine, isAlive } from '../src/processes/process-facts.ts'

const LOOK_EVERY_MS = 500
const RUNNERS = /(?:^|[\s/])(?:npx|npm|pnpm|turbo)(?:[\s@.]|$)|^\S*sh -c /

const parentOf = (pid: number): number | undefined => {
  try {
    // The name, in parentheses, may hold spaces and parentheses itself.
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)
    return Number(afterName?.split(' ')[1])
  } catch {
    return undefined
  }
}

/** The task runners that we were started by, nearest first: `npx` starts a shell, that starts `pnpm`, and so on. */
const runners = (): number[] => {
  const found: number[] = []
  for (let pid: number | undefined = process.ppid; pid !== undefined && pid > 1; pid = parentOf(pid)) {
    if (!RUNNERS.test(commandLine(pid) ?? '')) break
    found.push(pid)
  }
  return found
}

/**
 * Calls back when a task runner, or a launcher on an old Node, that we were started by has ended: killed, it leaves us behind without a word. A terminal that is
 * closed says so by a signal.
 */
export const onRunnerGone = (gone: () => void): void => {
  if (process.env.npm_lifecycle_event === undefined && process.env.PHONE_WAITS === undefined) return
  const watched = runners()
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent && watched.every(isAlive)) return
    clearInterval(timer)
    gone()
  }, LOOK_EVERY_MS)
  timer.unref()
}
