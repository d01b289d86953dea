import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gatewayEnv } from './gateway-env.ts'
import type { FromLoad, ToLoad } from './load-messages.ts'
import { freePort, gatewayProgram, memoryProbe, messagesOf, sourceOf, start, stop, untilReady } from './processes.ts'

/** A load, and the gateway it is for. */
export interface Beside {
  /** The program, from `bench/src`; it is served by `serveLoad`. */
  readonly load: string
  /** What the load is to do, without the gateway's address. */
  readonly job: object
  readonly env?: NodeJS.ProcessEnv
  /** More arguments of Node for the gateway. */
  readonly preloads?: readonly string[]
}

export interface Running<Result> {
  /** Where the gateway listens. */
  readonly origin: string
  readonly relay: ChildProcess
  readonly load: ChildProcess
  /** Has the load begin. */
  begin(): void
  readonly held: Promise<unknown>
  /** Has the load end what it holds. */
  finish(): void
  readonly result: Promise<Result>
}

/** Starts the load and the gateway, each on a core of its own, and stops both when `act` is done. */
export const runBeside = async <Result, Figures>(
  { load: file, job, env = {}, preloads = [] }: Beside,
  act: (running: Running<Result>) => Promise<Figures>,
): Promise<Figures> => {
  const databaseDir = mkdtempSync(join(tmpdir(), 'llc-phone-bench-'))
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const load = start('load', [sourceOf(file), JSON.stringify({ ...job, origin })])
  let relay: ChildProcess | undefined
  try {
    const { tell, hear } = messagesOf<FromLoad<Result>>(load)
    const { modelUrl, restUrl } = await hear('listening')
    relay = start('relay', [...memoryProbe, ...preloads, ...gatewayProgram()], {
      ...gatewayEnv(port, modelUrl, restUrl, databaseDir),
      ...env,
    })
    await untilReady(relay, origin)
    const result = hear('result').then((message) => message.result)
    const held = hear('held')
    // Only one of them may come, and a load that ends early fails both.
    for (const awaited of [held, result]) awaited.catch(() => {})
    return await act({
      origin,
      relay,
      load,
      begin: () => tell({ type: 'begin' } satisfies ToLoad),
      held,
      finish: () => tell({ type: 'finish' } satisfies ToLoad),
      result,
    })
  } finally {
    if (relay) await stop(relay)
    load.kill()
    rmSync(databaseDir, { recursive: true, force: true })
  }
}
