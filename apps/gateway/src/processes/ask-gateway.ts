import { setTimeout as sleep } from 'node:timers/promises'
import { createAdminClient } from '../cli/admin-client.ts'

/** What a gateway on this machine says of itself. */
export interface Answered {
  readonly state: 'ready' | 'draining' | 'silent'
  /** Only of one that is ready: what it lacks, as `/readyz` says. */
  readonly storage?: string
  readonly model?: string
  readonly room?: string
}

const ASK_LIMIT_MS = 2_000
const ASK_AGAIN_MS = 200

/** Asks `/readyz`; `silent` when nobody answers in time. */
export const askReady = async (port: number): Promise<Answered> => {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(ASK_LIMIT_MS) })
    const body = (await response.json()) as Partial<Answered>
    if (!response.ok) return { state: 'draining' }
    const { storage, model, room } = body
    return { state: 'ready', ...(storage && { storage }), ...(model && { model }), ...(room && { room }) }
  } catch {
    return { state: 'silent' }
  }
}

/** How many calls are up; `undefined` when the gateway does not say, as when ADMIN_TOKEN is not its own. */
export const askCalls = async (): Promise<number | undefined> => {
  try {
    const response = await createAdminClient(undefined).send({ path: '/metrics', timeoutMs: ASK_LIMIT_MS })
    const counts = [...(await response.text()).matchAll(/^llc_calls_active(?:\{.*\})? (\d+)$/gm)]
    return counts.reduce((sum, [, count]) => sum + Number(count), 0)
  } catch {
    return undefined
  }
}

/** The settings that a gateway runs with. */
export interface SettingsTold {
  /** 0: nothing was published yet. Absent for a file that could not be stored yet. */
  readonly version?: number
  readonly source: string
  readonly isExample: boolean
}

/** Which settings are in force; `undefined` when the gateway does not say. */
export const askSettings = async (): Promise<SettingsTold | undefined> => {
  try {
    const response = await createAdminClient(undefined).send({ path: '/settings', timeoutMs: ASK_LIMIT_MS })
    const { version, source, isExample } = (await response.json()) as SettingsTold
    return { ...(version === undefined ? {} : { version }), source, isExample }
  } catch {
    return undefined
  }
}

/** Asks until the gateway is ready, `isOver` says that there is no use, or the time is up. */
export const untilReady = async (port: number, limitMs: number, isOver: () => boolean): Promise<Answered> => {
  const until = performance.now() + limitMs
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- asks again
    const answered = await askReady(port)
    if (answered.state === 'ready' || isOver() || performance.now() >= until) return answered
    // oxlint-disable-next-line no-await-in-loop -- as above
    await sleep(ASK_AGAIN_MS)
  }
}
