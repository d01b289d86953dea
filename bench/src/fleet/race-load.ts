import { setTimeout as wait } from 'node:timers/promises'
import { GatewayError, type E164 } from '@llc-phone/core'
import { openStore } from '@llc-phone/database'
import pg from 'pg'
import type { RaceJob, RaceResult } from './race-messages.ts'

// One process of several that reserve outbound calls in one ledger as fast as they can, and look after each success whether a
// limit was gone over. What is committed stays in sight until who was let in too many has looked.

const job = JSON.parse(process.argv[2]!) as RaceJob
const { url, racer, reservers, attempts, cap, numbers } = job

const HOUR_MS = 3_600_000
/** How long a place is held: so long that most of the others find none. */
const HOLDS_MS = 50
const DAY = new Date(Math.floor(Date.now() / (24 * HOUR_MS)) * 24 * HOUR_MS)

const LOOK = `SELECT count(*)::int AS calls, coalesce(sum(reserved_usd), 0)::float AS usd,
  (count(*) - count(DISTINCT to_number))::int AS doubled
  FROM outbound_calls WHERE dialled_at IS NOT NULL AND state IN ('warming', 'dialling')`

const store = await openStore({ url, connections: reservers })
const look = new pg.Pool({ connectionString: url, max: 4 })
look.on('error', () => {})

let begun = 0
let granted = 0
let over = 0
let late = 0

const begin = async (): Promise<string> => {
  const callId = `race ${racer}.${begun++}`
  const to = `+1415555${1_000 + Math.floor(Math.random() * numbers)}` as E164
  await store.outbound.begin({
    callId,
    to,
    from: '+14155550103' as E164,
    mode: 'callback',
    scenario: 'callback',
    requestedAt: new Date(),
    requestHash: callId,
    webhook: false,
  })
  return callId
}

const limits = () => ({
  at: new Date(),
  reserveUsd: 1,
  // Ended calls cost nothing here, so this too allows `cap` calls at once.
  perDayUsd: cap,
  dayStart: DAY,
  dayEnd: new Date(DAY.getTime() + 24 * HOUR_MS),
  frequency: [],
  maxConcurrent: cap,
})

/** Whoever waits too long for its turn is refused, and asks again. */
const patient = async <Result>(ask: () => Promise<Result>): Promise<Result> => {
  for (;;)
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof GatewayError) || error.code !== 'database_failed') throw error
      late++
    }
}

const race = async (): Promise<void> => {
  let callId = await patient(begin)
  for (let attempt = 0; attempt < attempts; attempt++) {
    const outcome = await patient(() => store.outbound.reserve(callId, limits()))
    if (!outcome.granted) continue
    granted++
    const [seen] = (await look.query<{ calls: number; usd: number; doubled: number }>(LOOK)).rows
    if (seen!.calls > cap || seen!.usd > cap || seen!.doubled > 0) over++
    await wait(HOLDS_MS)
    await patient(() => store.outbound.change(callId, { state: 'ended', endedAt: new Date(), costUsd: 0 }))
    callId = await patient(begin)
  }
}

await Promise.all(Array.from({ length: reservers }, race))
process.send?.({ type: 'result', result: { attempts: reservers * attempts, granted, over, late } satisfies RaceResult })
await store.close()
await look.end()
process.disconnect?.()
