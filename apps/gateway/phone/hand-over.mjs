import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Becomes the program, so that signals reach it and its exit code is ours. Where a process cannot (Windows, Node before 23.11) a
 * child runs it, which gets our signals and gives its code.
 *
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Record<string, string | undefined>} env
 */
export const handOver = (program, args, env) => {
  if (process.execve) {
    const given = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
    process.execve(program, [program, ...args], Object.fromEntries(given))
  }
  // Killed, we leave it behind without a word: so that it knows to look.
  const child = spawn(program, args, { stdio: 'inherit', env: { ...env, PHONE_WAITS: '1' } })
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(/** @type {NodeJS.Signals} */ (signal)))
  child.once('error', (error) => {
    console.error(`${program} does not start: ${error.message}`)
    process.exitCode = 1
  })
  child.once('exit', (code, signal) => {
    process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0)
  })
}
