import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gatewayEnv } from '../process/gateway-env.ts'
import type { FromOutboundLoad, ToOutboundLoad } from './outbound-messages.ts'
import { freePort, GATEWAY, memoryProbe, messagesOf, sourceOf, start, stop, untilReady } from '../process/processes.ts'

/** The gates stay closed for nobody: how they work is shown elsewhere. */
const OPEN_GATES = {
  OUTBOUND_CALLS_PER_SECOND: '100',
  OUTBOUND_MAX_CONCURRENT: '10000',
  OUTBOUND_CALLING_HOURS: '00:00-24:00',
  OUTBOUND_DAILY_SPEND_USD: '100000',
}

export interface OutboundRun {
  readonly load: string
  /** What the load is to do, without the gateway's address. */
  readonly job: object
  readonly env?: NodeJS.ProcessEnv
}

export interface Running<Result> {
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
export const runOutbound = async <Result, Figures>(
  { load: file, job, env = {} }: OutboundRun,
  act: (running: Running<Result>) => Promise<Figures>,
): Promise<Figures> => {
  const databaseDir = mkdtempSync(join(tmpdir(), 'llc-phone-bench-'))
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const load = start('load', [sourceOf(file), JSON.stringify({ ...job, origin })])
  let relay: ChildProcess | undefined
  try {
    const { tell, hear } = messagesOf<FromOutboundLoad<Result>>(load)
    const { modelUrl, restUrl } = await hear('listening')
    relay = start('relay', [...memoryProbe, GATEWAY], {
      ...gatewayEnv(port, modelUrl, restUrl, databaseDir),
      ...OPEN_GATES,
      ...env,
    })
    await untilReady(relay, origin)
    const result = hear('result').then((message) => message.result)
    const held = hear('held')
    // Only one of them may come, and a load that ends early fails both.
    for (const awaited of [held, result]) awaited.catch(() => {})
    return await act({
      relay,
      load,
      begin: () => tell({ type: 'begin' } satisfies ToOutboundLoad),
      held,
      finish: () => tell({ type: 'finish' } satisfies ToOutboundLoad),
      result,
    })
  } finally {
    if (relay) await stop(relay)
    load.kill()
    rmSync(databaseDir, { recursive: true, force: true })
  }
}
