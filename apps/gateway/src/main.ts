import { parseArgs } from 'node:util'
import { GatewayError, systemClock } from '@llc-phone/core'
import { asCalled, toldOf } from '@llc-phone/files'
import { describeCause } from './watching/describe-cause.ts'
import { DRAIN_DEADLINE_MS } from './drain.ts'
import { loadDotEnv, parseEnv, secretsOf } from './configuration/env.ts'
import { unknownVariables } from './configuration/unknown-variables.ts'
import { isOutput, logFile, recordRun } from './processes/run-record.ts'
import { createLog } from './watching/log.ts'

const HELP = `Usage: ./phone start [--background]

Answers real calls. Settings come from the environment and from .env at the repository root (a real variable wins);
.env.example explains each. The business is set by ./phone settings; with SETTINGS it is read from a file, again on SIGHUP.

Stop with SIGTERM or Ctrl-C: /readyz answers 503, live calls finish, then the process ends.
After 30 minutes, or when the same signal comes a second time, callers who are left hear a sentence and go to the
fallback route.

Options:
  --background  runs on after this terminal is closed: its log goes to a file, and ./phone stop ends it
  --help        shows this

Examples:
  ./phone start
  ./phone start --background`

/** Time to answer that we are ready. A caller who is there by then is still being connected. */
const COLLECT_AFTER_MS = 200

/** Ends the process on a signal until there is a gateway to stop: as process 1 of a container it would ignore the signal. */
let stop = (): void => process.exit()

const run = async (): Promise<void> => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
  if (values.help) return console.log(asCalled(HELP))
  process.on('SIGTERM', () => stop())
  process.on('SIGINT', () => stop())
  for (const sentence of unknownVariables()) console.error(sentence)
  loadDotEnv()
  const env = parseEnv(process.env, { mode: 'start' })
  const log = createLog({ level: env.LOG_LEVEL, secrets: secretsOf(env) })
  // Loaded late, so that the help text and errors of the environment appear at once.
  const { startGateway } = await import('./gateway.ts')
  const gateway = await startGateway(env, { log, drainDeadlineMs: DRAIN_DEADLINE_MS })
  // What the start needed goes back to the system (10 MB), by a pause of 0.1 s that would be heard in a call: before one has audio.
  systemClock.after(COLLECT_AFTER_MS, () => {
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  })
  recordRun(gateway.port, 'start', isOutput(logFile()) ? logFile() : undefined)
  gateway.stopped.then(
    // After a defect the exit code is 1, for the supervisor of the process.
    () => log.flush(() => process.exit()),
    (error: unknown) => {
      log.fatal(describeCause(error), 'could not stop in order')
      log.flush(() => process.exit(1))
    },
  )
  stop = () => void gateway.stop().catch(() => undefined)
  process.on('SIGHUP', () => void gateway.reloadSettings())
}

run().catch((error: unknown) => {
  const told = toldOf(error, () => error instanceof GatewayError, 'start')
  console.error(told?.text ?? error)
  process.exit(told?.exitCode ?? 1)
})
