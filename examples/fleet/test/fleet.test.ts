import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createRealtimeServer } from '@llc-phone/sim'
import { developmentEnv } from '@llc-phone/sim/dev'
import { hasPostgres, startCluster, type Cluster } from '@llc-phone/store-postgres/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { haproxyVersion, startHaproxy } from '../src/haproxy.ts'
import { startFleet, type Fleet } from '../src/rig.ts'
import { freeAddress } from '../src/small-proxy.ts'

const isInstalled = hasPostgres()
if (!isInstalled) {
  console.log('Not tried: several gateways on one Postgres, of which no server is installed (initdb was not found).')
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const run = promisify(execFile)

interface Finding {
  readonly name: string
  readonly outcome: string
  readonly detail: string
}

describe.skipIf(!isInstalled)('three gateways on one Postgres', () => {
  test('./phone fleet: a call outlives its gateway', { timeout: 120_000 }, async () => {
    const { stdout } = await run(process.execPath, [join(ROOT, 'examples/fleet/src/fleet-command.ts')], { cwd: ROOT })
    const [, silentS] = /(\d+\.\d) s after it the caller hears somebody again/.exec(stdout) ?? []
    expect(Number(silentS), stdout).toBeLessThan(6)
    // What was said before is known to the gateway that went on, and to the one that was asked for the story.
    expect(stdout).toMatch(/can I leave a message for Anna\n[^]*it is urgent, please call me back\n/)
    const [, file = ''] = /\n(calls\/fleet-\w+\.wav)\n/.exec(stdout) ?? []
    rmSync(join(ROOT, file))
  })

  describe('and ./phone doctor --fleet', () => {
    const folder = mkdtempSync(join(tmpdir(), 'llc-fleet-test-'))
    let cluster: Cluster
    let fleet: Fleet
    let model: Awaited<ReturnType<typeof createRealtimeServer>>
    beforeAll(async () => {
      cluster = await startCluster()
      await cluster.create('llc')
      const nowhere = { OPENAI_REALTIME_URL: 'ws://127.0.0.1:1', TWILIO_API_URL: 'http://127.0.0.1:1' }
      const { env } = developmentEnv(nowhere)
      model = await createRealtimeServer({ apiKey: env.OPENAI_API_KEY! })
      fleet = await startFleet({
        databaseUrl: cluster.url('llc'),
        folder,
        env: { ...env, OPENAI_REALTIME_URL: model.url, ADMIN_TOKEN: 'a-token-for-the-test-of-the-doctor' },
      })
    }, 90_000)
    afterAll(async () => {
      await fleet?.stop()
      await model?.close()
      await cluster?.stop()
      rmSync(folder, { recursive: true, force: true })
    }, 60_000)

    const look = async (changed: NodeJS.ProcessEnv = {}): Promise<Finding[]> => {
      const args = [join(ROOT, 'apps/gateway/src/cli/doctor-command.ts'), '--fleet', '--json']
      const options = { cwd: folder, env: { ...fleet.gateways.a.env, ...changed } }
      // It ends with 1: there is no Twilio.
      const { stdout } = await run(process.execPath, args, options).catch((error: { stdout: string }) => error)
      const findings = JSON.parse(stdout) as Finding[]
      return findings.filter(({ name }) => name === 'fleet' || name === 'routing')
    }

    test('finds nothing wrong with them', { timeout: 60_000 }, async () => {
      expect(await look()).toEqual([
        {
          name: 'fleet',
          outcome: 'ok',
          detail: 'a ready (0 of 100 calls), b ready (0 of 100 calls), c ready (0 of 100 calls)',
        },
        { name: 'routing', outcome: 'ok', detail: 'requests that name a, b, c reach them' },
      ])
    })

    test.skipIf(haproxyVersion() === undefined)(
      'finds a proxy with two names mixed up, and another FLEET_SECRET',
      { timeout: 60_000 },
      async () => {
        const listen = await freeAddress()
        const { a, b, c } = fleet.gateways
        const proxy = await startHaproxy({ listen, gateways: { a: b.address, b: a.address, c: c.address } })
        try {
          const found = await look({ PUBLIC_URL: `http://${listen}`, FLEET_SECRET: 'f'.repeat(40) })
          expect(found).toMatchObject([
            { outcome: 'ok' },
            { outcome: 'failed', detail: 'FLEET_SECRET here is another one than that of a, b, c' },
            { name: 'routing', outcome: 'failed', detail: expect.stringContaining('those for a by b') },
          ])
        } finally {
          await proxy.stop()
        }
      },
    )
  })
})
