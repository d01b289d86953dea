import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ADMIN_TOKEN, AUTH_TOKEN, gatewayEnv, NUMBERS } from '../process/gateway-env.ts'
import { freePort, gatewayProgram, messagesOf, sourceOf, start, stop, untilReady } from '../process/processes.ts'
import type { FromLoad, Seen } from '../relay/relay-messages.ts'
import type { Flood, FloodResult, FromFlood } from './flood-messages.ts'

const WARM_UP_MS = 9_500
/** Over this much of the time the delays of the calls that are up are looked at, before a burst and from its first ring on. */
const WINDOW_MS = 8_000
const BURST_RINGS = 500
/** Rings of a busy hour, on a process with room for all of them. */
const HOUR_RINGS_PER_SECOND = 10
const HOUR_MS = 8_000
/** How long a call of the long rush lasts, and how long the rush does. */
const TALK_MS = 6_000
const RUSH_MS = 18_000
const TIMES_RATED = 3
const RECOVERY_LIMIT_MS = 20_000

/** What an overload did to live calls and to new callers. */
export interface Overload {
  readonly calls: number
  readonly before: Seen
  readonly during: Seen
  readonly burst: FloodResult
  /** Ten rings a second, all of them let in. */
  readonly hour: FloodResult
  /** Three times as many calls as there is room for, for some time. */
  readonly rush: FloodResult
  readonly rated: number
  /** Calls that were up on average once the room was full, as the gateway counts them. */
  readonly held: number
  readonly duringRush: Seen
  /** From the last ring of the rush until a caller was let in. */
  readonly recoveredMs: number
  /** Sockets of the calls that were up which ended. */
  readonly broken: number
}

const liveOn = async (origin: string): Promise<number> => {
  const answer = await fetch(`${origin}/metrics`, { headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })
  const text = await answer.text()
  return [...text.matchAll(/^llc_calls_active\{.*\} (\d+)$/gm)].reduce((sum, [, count]) => sum + Number(count), 0)
}

/** Puts `calls` calls up, has far more ring, and looks what it does to them. */
export const measureOverload = async (calls: number): Promise<Overload> => {
  const databaseDir = mkdtempSync(join(tmpdir(), 'llc-phone-bench-'))
  const load = start('load', [sourceOf('relay/relay-load.ts')])
  const flood = start('load', [sourceOf('overload/flood-load.ts')])
  const { tell, hear } = messagesOf<FromLoad>(load)
  const floods = messagesOf<FromFlood>(flood)
  let relay: ChildProcess | undefined
  try {
    const [{ modelUrl, restUrl }] = await Promise.all([hear('listening'), floods.hear('ready')])
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const rated = 2 * calls
    relay = start('relay', gatewayProgram(), {
      ...gatewayEnv(port, modelUrl, restUrl, databaseDir),
      MAX_CALLS: String(rated),
      // As it ships: what is measured here is how many are let in.
      MAX_STARTS_PER_SECOND: '',
      MAX_LOOP_DELAY_MS: '',
    })
    await untilReady(relay, origin)

    const ring = async (wanted: Pick<Flood, 'rings' | 'perSecond' | 'talkMs'>): Promise<FloodResult> => {
      const rung = floods.hear('rung')
      floods.tell({
        type: 'ring',
        origin,
        authToken: AUTH_TOKEN,
        numbers: Object.values(NUMBERS),
        ...wanted,
      } satisfies Flood)
      return (await rung).result
    }
    const look = async (): Promise<Seen> => {
      const seen = hear('seen')
      tell({ type: 'look' })
      return (await seen).seen
    }

    const live = hear('live')
    // More slowly than the limit of starts.
    tell({
      type: 'begin',
      origin,
      calls,
      warmUpMs: WARM_UP_MS,
      ringEveryMs: 100,
      authToken: AUTH_TOKEN,
      numbers: Object.values(NUMBERS),
    })
    await live
    await look()
    await wait(WINDOW_MS)
    const before = await look()
    const bursting = ring({ rings: BURST_RINGS, perSecond: 0, talkMs: TALK_MS })
    await wait(WINDOW_MS)
    const during = await look()
    const burst = await bursting

    await wait(2_000)
    const hour = await ring({
      rings: (HOUR_RINGS_PER_SECOND * HOUR_MS) / 1_000,
      perSecond: HOUR_RINGS_PER_SECOND,
      talkMs: 2_000,
    })

    await look()
    const perSecond = (TIMES_RATED * (rated - calls) * 1_000) / TALK_MS
    const rushing = ring({ rings: Math.round((perSecond * RUSH_MS) / 1_000), perSecond, talkMs: TALK_MS })
    const held: number[] = []
    await wait(RUSH_MS / 2)
    for (let n = 0; n < 8; n++) {
      await wait(1_000)
      held.push(await liveOn(origin))
    }
    const duringRush = await look()
    await wait(1_000)
    const overAt = performance.now()
    let recoveredMs = RECOVERY_LIMIT_MS
    const rush = await rushing
    while (performance.now() - overAt < RECOVERY_LIMIT_MS) {
      const { admitted } = await ring({ rings: 5, perSecond: 0, talkMs: 700 })
      if (admitted === 5) {
        recoveredMs = performance.now() - overAt
        break
      }
      await wait(250)
    }
    const result = hear('result')
    tell({ type: 'finish' })
    const { brokenCallers } = (await result).result
    return {
      calls,
      before,
      during,
      burst,
      hour,
      rush,
      rated,
      held: held.reduce((sum, count) => sum + count, 0) / held.length,
      duringRush,
      recoveredMs,
      broken: brokenCallers,
    }
  } finally {
    if (relay) await stop(relay)
    load.kill()
    flood.kill()
    rmSync(databaseDir, { recursive: true, force: true })
  }
}
