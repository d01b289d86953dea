import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ADMIN_TOKEN, AUTH_TOKEN, gatewayEnv, NUMBERS } from '../process/gateway-env.ts'
import { cpuMsOf } from '../process/machine.ts'
import { freePort, gatewayProgram, messagesOf, sourceOf, start, stop, untilReady } from '../process/processes.ts'
import type { FromLoad, LoadResult, Seen, ToLoad } from '../relay/relay-messages.ts'
import type { Audience, FromViewers, Told, ToViewers } from './viewers-messages.ts'

/** Every call has greeted and taken its first turn. */
const WARM_UP_MS = 9_500
/** Over this much of the time delays are looked at. Calls take a turn every six seconds, so all of them do. */
const WINDOW_MS = 8_000
/** Between two windows: lists that were read at the beginning are read, and feeds that were closed are gone. */
const SETTLE_MS = 1_500

/** What a window showed. */
export interface Window extends Seen {
  readonly coreShare: number
  readonly told?: Told
}

/** One after the other, so that what changes on the machine meanwhile changes all three. */
export interface Round {
  readonly alone: Window
  /** People look on. */
  readonly watched: Window
  /** Somebody hears a call. */
  readonly heard: Window
}

/** The same calls of one process, alone, looked at and listened to. */
export interface Watched {
  readonly calls: number
  readonly rounds: readonly Round[]
  readonly result: LoadResult
}

/** Puts `calls` calls up, and has people look on and listen in turns. */
export const measureViewers = async (options: {
  readonly calls: number
  readonly viewers: number
  readonly rounds: number
  readonly profileDir?: string
}): Promise<Watched> => {
  const { calls, viewers, profileDir } = options
  const databaseDir = mkdtempSync(join(tmpdir(), 'llc-phone-bench-'))
  const load = start('load', [sourceOf('relay/relay-load.ts')])
  const audience = start('load', [sourceOf('viewers/viewers-load.ts')])
  const { tell, hear } = messagesOf<FromLoad>(load)
  const those = messagesOf<FromViewers>(audience)
  let relay: ChildProcess | undefined
  try {
    const [{ modelUrl, restUrl }] = await Promise.all([hear('listening'), those.hear('ready')])
    const port = await freePort()
    const origin = `http://127.0.0.1:${port}`
    const profile = profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(profileDir, 'viewers')}`]
    relay = start('relay', [...profile, ...gatewayProgram()], gatewayEnv(port, modelUrl, restUrl, databaseDir))
    await untilReady(relay, origin)
    const pid = relay.pid!

    const look = async (): Promise<Seen> => {
      const seen = hear('seen')
      tell({ type: 'look' } satisfies ToLoad)
      return (await seen).seen
    }
    const measureWindow = async (): Promise<Window> => {
      await wait(SETTLE_MS)
      those.tell({ type: 'count' } satisfies ToViewers)
      await look()
      const [cpuMs, at] = [cpuMsOf(pid), performance.now()]
      await wait(WINDOW_MS)
      const coreShare = (cpuMsOf(pid) - cpuMs) / (performance.now() - at)
      return { ...(await look()), coreShare }
    }
    const measureWith = async (present: Audience): Promise<Window> => {
      const opened = those.hear('opened')
      those.tell({ type: 'open', origin, token: ADMIN_TOKEN, audience: present } satisfies ToViewers)
      await opened
      const window = await measureWindow()
      const closed = those.hear('closed')
      those.tell({ type: 'close' } satisfies ToViewers)
      return { ...window, told: (await closed).told }
    }

    const live = hear('live')
    tell({
      type: 'begin',
      origin,
      calls,
      warmUpMs: WARM_UP_MS,
      authToken: AUTH_TOKEN,
      numbers: Object.values(NUMBERS),
    } satisfies ToLoad)
    await live
    const rounds: Round[] = []
    for (let round = 0; round < options.rounds; round++) {
      console.error(`  round ${round + 1} of ${options.rounds} …`)
      const alone = await measureWindow()
      const watched = await measureWith({ pages: viewers, listeners: 0 })
      const heard = await measureWith({ pages: 0, listeners: 1 })
      rounds.push({ alone, watched, heard })
    }
    const result = hear('result')
    tell({ type: 'finish' } satisfies ToLoad)
    return { calls, rounds, result: (await result).result }
  } finally {
    if (relay) await stop(relay)
    load.kill()
    audience.kill()
    rmSync(databaseDir, { recursive: true, force: true })
  }
}
