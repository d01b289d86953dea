import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasPostgres, startCluster, type Cluster } from '@llc-phone/store-postgres/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Env } from '../src/configuration/env.ts'
import { examineStore } from '../src/doctor/doctor-database.ts'
import { startWorld, type World } from './support/whole-call.ts'

const isInstalled = hasPostgres()
if (!isInstalled) {
  it.skip('a gateway on Postgres: none is installed (initdb was not found)')
}

/** Long enough to start without it, short enough to wait for. */
const AWAY_MS = 6_000

describe.skipIf(!isInstalled)('a gateway on Postgres', () => {
  const folder = mkdtempSync(join(tmpdir(), 'llc-phone-postgres-'))
  const here = process.cwd()
  let cluster: Cluster
  let world: World | undefined
  beforeAll(async () => {
    // Its files are in data/, from where it is started.
    process.chdir(folder)
    cluster = await startCluster()
    await cluster.create('gateway')
  }, 60_000)
  afterAll(async () => {
    await world?.close()
    await cluster.stop()
    process.chdir(here)
    rmSync(folder, { recursive: true, force: true })
  })

  const look = () =>
    examineStore({
      DATABASE_URL: cluster.url('gateway'),
      DATABASE_POOL: 8,
      OPENAI_VOICE: 'cedar',
    } satisfies Partial<Env>)

  it('starts without it, answers, and stores what waited when it comes', { timeout: 120_000 }, async () => {
    expect(await look()).toMatchObject([
      { outcome: 'warning', detail: expect.stringContaining('has no tables yet') as unknown },
      // The server of tests does not wait for its disk.
      { detail: expect.stringContaining('fsync is off') as unknown },
      { detail: expect.stringContaining('synchronous_commit is off') as unknown },
      { name: 'phrases' },
    ])
    const back = cluster.restart(AWAY_MS)
    world = await startWorld({ dialect: 'ga', variables: { DATABASE_URL: cluster.url('gateway'), DATABASE_POOL: '4' } })
    const { publicUrl, twilio, numbers, admin } = world
    const ready = async () => {
      const response = await fetch(`${publicUrl}/readyz`)
      return [response.status, ((await response.json()) as { storage: string }).storage]
    }
    expect(await ready()).toEqual([200, 'unavailable'])
    expect(world.logText()).toContain('Postgres cannot be reached')
    expect((await fetch(`${publicUrl}/healthz`)).status).toBe(200)
    const call = twilio.placeCall({ to: numbers.receptionist, from: '+14155550199', script: [{ say: 'goodbye' }] })
    expect((await call.ended).errors).toEqual([])

    await back
    await vi.waitFor(async () => expect(await ready()).toEqual([200, 'ok']), { timeout: 20_000, interval: 250 })
    await vi.waitFor(
      async () =>
        expect((await admin('GET', `/calls/${call.sid}`)).body).toMatchObject({
          disposition: expect.any(String) as unknown,
        }),
      { timeout: 20_000, interval: 250 },
    )
    expect((await admin('GET', '/system')).body).toMatchObject({ database: 'postgres' })

    const second = twilio.placeCall({
      to: numbers.receptionist,
      from: '+14155550198',
      script: [{ say: 'can I leave a message for Anna' }, { say: 'goodbye' }],
    })
    await second.ended
    await vi.waitFor(async () => {
      const { body } = await admin('GET', `/calls/${second.sid}`)
      expect(body).toMatchObject({
        tools: expect.arrayContaining([expect.objectContaining({ outcome: 'done' })]) as unknown,
      })
    })
    const [database, ...others] = await look()
    expect(database).toMatchObject({
      outcome: 'ok',
      detail: expect.stringContaining('its migrations are in place') as unknown,
    })
    expect(others.filter(({ outcome }) => outcome === 'failed')).toEqual([])
  })
})
