import { setTimeout as sleep } from 'node:timers/promises'
import { CommandFailed, EXIT } from '@llc-phone/files'
import { describeProcess, portHolders } from '../watching/port-holder.ts'
import { askCalls, askReady } from './ask-gateway.ts'
import { isAlive, isOurs } from './process-facts.ts'
import { runningOn } from './run-record.ts'

const LOOK_AGAIN_MS = 200
/** Between two counts of the calls that are left. */
const COUNT_EVERY_MS = 2_000
/** A gateway that was told to hurry needs some six seconds to hand everybody on. */
const HURRIED_LIMIT_MS = 20_000
/** What an orphan may take: it has no calls that anybody hears. */
const ORPHAN_LIMIT_MS = 8_000

class PortHeld extends CommandFailed {
  override readonly exitCode = EXIT.portHeld
}

const ended = async (pid: number, limitMs: number, meanwhile?: () => Promise<void>): Promise<boolean> => {
  const until = performance.now() + limitMs
  let counted = performance.now()
  while (isAlive(pid)) {
    if (performance.now() >= until) return false
    // oxlint-disable-next-line no-await-in-loop -- looks again
    await sleep(LOOK_AGAIN_MS)
    if (!meanwhile || performance.now() - counted < COUNT_EVERY_MS) continue
    counted = performance.now()
    // oxlint-disable-next-line no-await-in-loop -- as above
    await meanwhile()
  }
  return true
}

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EPERM') throw new CommandFailed(`${describeProcess(pid)} is another user's: stop it as that user.`)
    if (code !== 'ESRCH') throw error
  }
}

const hurry = async (pid: number, say: (line: string) => void): Promise<void> => {
  signal(pid, 'SIGTERM')
  if (await ended(pid, HURRIED_LIMIT_MS)) return
  say(`${describeProcess(pid)} has not ended within ${HURRIED_LIMIT_MS / 1_000} s: it is ended now.`)
  signal(pid, 'SIGKILL')
  await ended(pid, LOOK_AGAIN_MS * 10)
}

/** Ends what is left on the port if it is ours. Throws with exit code 4 when it is somebody else's. */
const freePort = async (port: number, say: (line: string) => void): Promise<number> => {
  const holders = portHolders(port)
  const stranger = holders.find((pid) => !isOurs(pid))
  if (stranger !== undefined)
    throw new PortHeld(
      `Port ${port} is held by ${describeProcess(stranger)}, which is none of ours. Stop it, or set PORT to a free one.`,
    )
  for (const pid of holders) {
    say(`${describeProcess(pid)} of ours still holds port ${port}: it is ended.`)
    signal(pid, 'SIGTERM')
    // oxlint-disable-next-line no-await-in-loop -- one may end the other
    if (await ended(pid, ORPHAN_LIMIT_MS)) continue
    signal(pid, 'SIGKILL')
    // oxlint-disable-next-line no-await-in-loop -- as above
    await ended(pid, LOOK_AGAIN_MS * 10)
  }
  return holders.length
}

/**
 * Ends the gateway of this port in order: live calls finish first, and nobody holds the port afterwards. One that is ending
 * already, and any with `now`, hands the callers who are left on at once. Resolves with whether there was one.
 */
export const stopGateway = async (options: {
  readonly port: number
  readonly now: boolean
  readonly say: (line: string) => void
}): Promise<boolean> => {
  const { port, now, say } = options
  const running = runningOn(port)
  if (!running) return (await freePort(port, say)) > 0
  const { pid } = running
  const wasEnding = (await askReady(port)).state === 'draining'
  signal(pid, 'SIGTERM')
  if (wasEnding) say('It was ending already: callers who are left go to the fallback now.')
  if (wasEnding || now) {
    // Apart from the first, or the system delivers both as one.
    if (!wasEnding) await ended(pid, LOOK_AGAIN_MS)
    await hurry(pid, say)
  } else {
    let told = 0
    await ended(pid, Number.POSITIVE_INFINITY, async () => {
      const calls = await askCalls()
      if (calls === undefined || calls === told) return
      told = calls
      say(calls === 1 ? '1 call is left; it may finish.' : `${calls} calls are left; they may finish.`)
      if (calls > 0) say('./phone stop --now hands them on to the fallback.')
    })
  }
  await freePort(port, say)
  return true
}
