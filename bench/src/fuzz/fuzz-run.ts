import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ADMIN_TOKEN, gatewayEnv } from '../process/gateway-env.ts'
import type { Memory } from '../process/processes.ts'
import {
  freePort,
  gatewayProgram,
  memoryOf,
  memoryProbe,
  messagesOf,
  sourceOf,
  start,
  stop,
  untilReady,
} from '../process/processes.ts'
import type { Amounts, FromFuzzLoad, FuzzLoadResult, ToFuzzLoad } from './fuzz-messages.ts'

/** Calls that were under way have ended, and their stories are written. */
const SETTLE_MS = 3_000

/** A fuzz run. */
export interface Fuzz extends FuzzLoadResult {
  readonly seed: number
  /** After a first round, which fills what the gateway keeps of calls that are over, and at the end. */
  readonly before: Memory
  readonly after: Memory
  /** Unhandled exceptions and rejections. */
  readonly defects: number
  /** Exceptions that were caught where they must not be thrown. */
  readonly internal: number
  /** The process ended. */
  readonly crashed: boolean
  /** It took calls when all was over. */
  readonly isReady: boolean
}

export interface FuzzOptions {
  readonly seed: number
  /** What is sent before memory is measured, and after. */
  readonly warmUp: Amounts
  readonly amounts: Amounts
  /** For each of the two: what is not sent by then is not sent. */
  readonly limitMs?: number
}

/** The sum of a counter, of those of its lines that say `label`. */
const counterIn = (text: string, name: string, label = ''): number =>
  text
    .split('\n')
    .filter((line) => line.startsWith(name) && line.includes(label))
    .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0)

/** Sends hostile frames, events and requests to a gateway that has good calls too. */
export const runFuzz = async ({ seed, warmUp, amounts, limitMs }: FuzzOptions): Promise<Fuzz> => {
  const databaseDir = mkdtempSync(join(tmpdir(), 'llc-phone-fuzz-'))
  const load = start('load', [sourceOf('fuzz/fuzz-load.ts')])
  let gateway: ChildProcess | undefined
  try {
    const { tell, hear } = messagesOf<FromFuzzLoad>(load)
    const { modelUrl, restUrl } = await hear('listening')
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const env = { ...gatewayEnv(port, modelUrl, restUrl, databaseDir), LOG_LEVEL: 'fatal' }
    gateway = start('relay', [...memoryProbe, ...gatewayProgram()], env)
    const ended = new Promise<undefined>((resolve) => gateway!.once('exit', () => resolve(undefined)))
    await untilReady(gateway, origin)
    const send = async (some: Amounts): Promise<Memory | undefined> => {
      const sent = hear('sent')
      tell({ type: 'send', amounts: some, ...(limitMs === undefined ? {} : { limitMs }) } satisfies ToFuzzLoad)
      await Promise.race([sent, ended])
      if (gateway!.exitCode !== null) return undefined
      await wait(SETTLE_MS)
      return memoryOf(gateway!)
    }

    const begun = hear('begun')
    tell({ type: 'begin', origin, seed } satisfies ToFuzzLoad)
    await begun
    const before = await send(warmUp)
    const after = before && (await send(amounts))
    const isAlive = gateway.exitCode === null
    const metrics = isAlive
      ? await (await fetch(`${origin}/metrics`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })).text()
      : ''
    const isReady = isAlive && (await fetch(`${origin}/readyz`)).ok
    const result = hear('result')
    tell({ type: 'finish' } satisfies ToFuzzLoad)
    const nothing = { residentBytes: 0, retainedBytes: 0 }
    return {
      ...(await result).result,
      seed,
      before: before ?? nothing,
      after: after ?? nothing,
      defects: counterIn(metrics, 'llc_defects_total'),
      internal: counterIn(metrics, 'llc_problems_total', 'code="internal"'),
      crashed: !isAlive,
      isReady,
    }
  } finally {
    if (gateway) await stop(gateway)
    load.kill()
    rmSync(databaseDir, { recursive: true, force: true })
  }
}
