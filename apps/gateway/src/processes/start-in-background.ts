import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CommandFailed, EXIT } from '@llc-phone/files'
import { describeProcess, portHolders } from '../watching/port-holder.ts'
import { untilReady } from './ask-gateway.ts'
import { logFile, runningOn } from './run-record.ts'

/** A build, the migrations of a large database, and a slow machine. */
const READY_LIMIT_MS = 60_000

class NotStarted extends CommandFailed {
  override readonly exitCode: number

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message)
    this.exitCode = exitCode
  }
}

const launcher = (): string => fileURLToPath(new URL('../../phone/main.mjs', import.meta.url))

/** Starts a gateway that goes on when this process and its terminal end, and waits until it takes calls. */
export const startInBackground = async (port: number): Promise<{ readonly pid: number; readonly log: string }> => {
  const present = runningOn(port)
  if (present) throw new NotStarted(`It runs already: ${describeProcess(present.pid)}. ./phone restart starts it anew.`)
  const [holder] = portHolders(port)
  if (holder !== undefined)
    throw new NotStarted(
      `Port ${port} is held by ${describeProcess(holder)}. Stop it, or set PORT to a free one.`,
      EXIT.portHeld,
    )
  const log = logFile()
  mkdirSync(dirname(log), { recursive: true })
  const output = openSync(log, 'a', 0o600)
  const before = statSync(log).size
  const child = spawn(process.execPath, [launcher(), 'start'], { detached: true, stdio: ['ignore', output, output] })
  closeSync(output)
  let hasEnded = false
  child.once('exit', () => (hasEnded = true))
  child.once('error', () => (hasEnded = true))
  const { state } = await untilReady(port, READY_LIMIT_MS, () => hasEnded)
  child.unref()
  const running = runningOn(port)
  if (state === 'ready' && running) return { pid: running.pid, log }
  const said = readFileSync(log).subarray(before).toString().trim().split('\n').slice(-20).join('\n')
  throw new NotStarted(
    hasEnded ? `It did not start:\n${said}` : `It is not ready after ${READY_LIMIT_MS / 1_000} s:\n${said}`,
  )
}
