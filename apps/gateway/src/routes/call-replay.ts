import { setImmediate as letOthersRun } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { changesBetween, GatewayError, parseLog, replay, type ReplayedStep } from '@llc-phone/core'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { masked } from './call-view.ts'

/** Events that are replayed in one go: well under a millisecond. */
const AT_ONCE = 25
/** A log that is longer than any call of half an hour. */
const MAX_STEPS = 5_000
const KEY = '•'
/** Many times what a log may have when it is written: a text of which a few bytes become a gigabyte is none. */
const MAX_LOG_BYTES = 16 * 1_048_576

/** The text of a stored log. Throws `not_found` when none is kept. */
export const readLog = async (events: GatewayDeps['events'], id: string): Promise<string> => {
  const kept = await events.find(id)
  if (!kept)
    throw new GatewayError(
      'not_found',
      'There is no log of this call: it goes on, or its log was not kept or is too old.',
    )
  const packed = Buffer.from(kept.gzip, 'base64')
  return (await promisify(gunzip)(packed, { maxOutputLength: MAX_LOG_BYTES })).toString()
}

const step = z.object({
  number: z.number(),
  atMs: z.number(),
  event: z.looseObject({ type: z.string() }),
  /** The phase after it. */
  phase: z.string(),
  /** What it changed in the state of the call, value by value. */
  changes: z.array(z.object({ path: z.string(), from: z.unknown().optional(), to: z.unknown().optional() })),
  /** What is done about it today, as short words. */
  does: z.array(z.string()),
  /** What was done about it in the call, when that was something else. */
  did: z.array(z.string()).optional(),
})

const answer = z.object({ steps: z.array(step), truncated: z.boolean() }).meta({ id: 'CallReplay' })

/** Keys can be a PIN. */
const hideKeys = (path: string, value: unknown): unknown =>
  typeof value === 'string' && /(^|\.)digits?$/.test(path) ? value.replaceAll(/./gu, KEY) : value

const viewOf = ({ number, entry, before, after, does }: ReplayedStep): z.output<typeof step> => {
  const { digit: _digit, ...event } = entry.event as typeof entry.event & { digit?: string }
  const did = entry.does ?? []
  return masked({
    number,
    atMs: entry.atMs,
    event: 'digit' in entry.event ? { ...event, digit: KEY } : event,
    phase: after.phase,
    changes: changesBetween(before, after).map(({ path, from, to }) => ({
      path,
      from: hideKeys(path, from),
      to: hideKeys(path, to),
    })),
    does: [...does],
    ...(JSON.stringify(did) === JSON.stringify(does) ? {} : { did: [...did] }),
  }) as z.output<typeof step>
}

/** `GET /calls/ID/replay`: the log of a call, stepped through the reducer of today. */
export const addReplayRoute = (scope: AdminScope, deps: GatewayDeps): void => {
  const schema = {
    summary: 'Steps through what happened in a call: each event, what it changed, and what was done about it',
    params: z.object({ id: z.string() }),
    response: { 200: answer },
  }
  scope.get('/calls/:id/replay', { config: { role: 'viewer' }, schema }, async ({ params: { id } }) => {
    const log = parseLog(await readLog(deps.events, id))
    const steps: z.output<typeof step>[] = []
    for (const each of replay(log)) {
      steps.push(viewOf(each))
      if (steps.length >= MAX_STEPS) break
      // oxlint-disable-next-line no-await-in-loop -- lets audio run in between
      if (each.number % AT_ONCE === 0) await letOthersRun()
    }
    return { steps, truncated: log.truncated === true || steps.length >= MAX_STEPS }
  })
}
