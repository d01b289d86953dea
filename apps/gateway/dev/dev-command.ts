// `./phone dev`: owns the gateway and the simulators, and starts them again when a file is saved.
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { chdir } from 'node:process'
import { parseArgs } from 'node:util'
import { GatewayError } from '@llc-phone/core'
import { asCalled, CommandFailed, EXIT, runCommand } from '@llc-phone/files'
import { developmentEnv } from '@llc-phone/sim/dev'
import { loadDotEnv } from '../src/configuration/env.ts'
import { unknownVariables } from '../src/configuration/unknown-variables.ts'
import { HOME } from '../src/processes/process-facts.ts'
import { logFile, recordRun } from '../src/processes/run-record.ts'
import { describePortHolder } from '../src/watching/port-holder.ts'
import { keepConsoleBuilt } from './console-builds.ts'
import { openFront, type Front } from './front.ts'
import { startGeneration, type Generation } from './generation.ts'
import { onRunnerGone } from './parents.ts'
import { watchFolders } from './watch-folders.ts'

const HELP = `Usage: ./phone dev

Runs the gateway on this machine, with whatever has no credentials in .env simulated: Twilio, the model, or both. After a file is
saved, a new gateway takes the next calls, and the one before goes on until its own are over; the console, at /console/ in a
browser, is built again. Ctrl-C ends everything, and however this ends, nothing stays on the ports. The log is shown, and kept in
data/llc-phone.log (./phone logs).

Options:
  --help   shows this

The gateway listens on PORT (8081); simulators take the two ports above it. ./phone sim serve --help tells what they can do.

Examples:
  ./phone dev
  PORT=9000 ./phone dev
  SIM_MODEL_FAULTS='[{"stallAfterDeltas":60}]' ./phone dev`

class PortHeld extends CommandFailed {
  override readonly exitCode = EXIT.portHeld
}

const LOOK_EVERY_MS = 500
/** What ends slowly is ended. */
const END_LIMIT_MS = 4_000

const listen = async (port: number, host: string): Promise<Front> => {
  try {
    return await openFront(port, host)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new PortHeld(`Port ${port} is held by ${describePortHolder(port)}. Stop it, or set PORT to a free one.`)
  }
}

const say = (line: string): void => console.log(asCalled(line))

const run = async (): Promise<void> => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
  if (values.help) return console.log(asCalled(HELP))
  chdir(HOME)
  for (const sentence of unknownVariables()) say(sentence)
  loadDotEnv()
  const { env, simulated } = developmentEnv(process.env)
  const front = await listen(Number(env.PORT), env.HOST!)
  // Operator routes of a gateway in development are beside the others; whoever asks at ADMIN_PORT finds them all the same.
  const { ADMIN_PORT: adminPort, ADMIN_HOST: adminHost = '127.0.0.1' } = env
  const fronts = [front, ...(adminPort ? [await listen(Number(adminPort), adminHost)] : [])]
  recordRun(Number(env.PORT), 'dev', logFile())

  let isEnding = false
  let stopBuilding = (): void => undefined
  let isFirst = true
  let world: ChildProcess | undefined
  let current: Generation | undefined
  let next: Generation | undefined
  const older = new Set<Generation>()
  const all = (): Generation[] => [...older, ...(current ? [current] : []), ...(next ? [next] : [])]

  const end = (code: number): void => {
    if (isEnding) return
    isEnding = true
    process.exitCode = code
    stopWatching()
    stopBuilding()
    for (const each of fronts) each.close()
    for (const generation of all()) generation.stop()
    world?.kill('SIGTERM')
    const left = [
      ...all().map(({ ended }) => ended),
      ...(world ? [new Promise((gone) => world?.once('exit', gone))] : []),
    ]
    setTimeout(() => process.exit(code), END_LIMIT_MS).unref()
    void Promise.all(left).then(() => process.exit(code))
  }

  /** The simulators, as long as they run. Their end is ours: without them nobody can be called. */
  const startWorld = (): void => {
    if (simulated.length === 0 || isEnding) return
    const file = resolve('packages/sim/src/cli.ts')
    const started = spawn(process.execPath, [file, 'serve'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    world = started
    started.once('exit', (code) => {
      if (world !== started) return
      world = undefined
      end(code ?? EXIT.failed)
    })
  }

  let restartsWorld = false
  const restartWorld = (): void => {
    restartsWorld = false
    const stopping = world
    world = undefined
    if (!stopping) return
    const late = setTimeout(() => stopping.kill('SIGKILL'), END_LIMIT_MS)
    stopping.once('exit', () => {
      clearTimeout(late)
      startWorld()
    })
    stopping.kill('SIGTERM')
  }

  const retire = (generation: Generation): void => {
    older.add(generation)
    for (const each of fronts) each.keep(generation)
    if (generation.calls > 0)
      say(
        `${generation.calls === 1 ? '1 call goes' : `${generation.calls} calls go`} on with the sources as they were.`,
      )
    generation.drain()
    void generation.ended.then(() => {
      older.delete(generation)
      for (const each of fronts) each.remove(generation)
    })
  }

  const startGateway = async (): Promise<void> => {
    next?.stop()
    const started = startGeneration(isFirst)
    next = started
    const isReady = await started.ready
    // Another file was saved meanwhile, or we are ending.
    if (next !== started || isEnding) return
    next = undefined
    isFirst &&= !isReady
    if (!isReady)
      return say(
        current
          ? 'The gateway did not start; the one before goes on. It starts again when a file is saved.'
          : 'The gateway did not start. It starts again when a file is saved.',
      )
    const before = current
    current = started
    // Its calls are told first, or what is about them would go to the new one.
    await before?.look()
    if (before) retire(before)
    for (const each of fronts) each.use(started)
    void started.ended.then((code) => {
      if (current !== started || isEnding) return
      current = undefined
      say(`The gateway ended with ${code ?? 'a signal'}. It starts again when a file is saved.`)
    })
  }

  const stopWatching = watchFolders(
    ['apps/gateway', 'packages', 'examples'].map((folder) => resolve(folder)).filter((folder) => existsSync(folder)),
    (files) => {
      say(`${files.map((file) => relative(HOME, file)).join(', ')} was saved: starting again`)
      const isOfWorld = files.some((file) =>
        /^packages\/(?:sim|core)\/|\/dialogues\//.test(relative(HOME, file).replaceAll('\\', '/')),
      )
      if (isOfWorld) restartsWorld = true
      void startGateway()
    },
  )

  // Simulated calls are the simulators': those start again when no call is up.
  setInterval(() => {
    for (const generation of [...older, ...(current ? [current] : [])]) void generation.look()
    if (restartsWorld && all().every(({ calls }) => calls === 0)) restartWorld()
  }, LOOK_EVERY_MS).unref()

  process.on('SIGINT', () => end(EXIT.interrupted))
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(EXIT.done))
  onRunnerGone(() => end(EXIT.failed))
  startWorld()
  await startGateway()
  // Not beside the first gateway: nobody waits longer for that because of a page.
  if (!isEnding) stopBuilding = keepConsoleBuilt(HOME, say)
}

runCommand(run, (error) => error instanceof GatewayError, 'dev')
