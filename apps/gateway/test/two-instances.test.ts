import { setTimeout as sleep } from 'node:timers/promises'
import { postgresPrograms, startCluster, type Cluster } from '@llc-phone/store-postgres/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sign } from './support/gateway.ts'
import { startWorld, type World } from './support/whole-call.ts'

const hasPostgres = postgresPrograms() !== undefined
if (!hasPostgres) {
  if (process.env.REQUIRE_POSTGRES) throw new Error('REQUIRE_POSTGRES is set, and no Postgres server is installed.')
  it.skip('two gateways on one database: no Postgres server is installed (initdb was not found)')
}

const SECRET = 'a secret that two gateways have in common'
const CALLER = '+14155550198'

describe.runIf(hasPostgres)('two gateways on one database', () => {
  let cluster: Cluster
  let a: World
  let b: World
  const instance = (INSTANCE_ID: string, MAX_CALLS: number) =>
    startWorld({
      dialect: 'ga',
      env: { DATABASE_URL: cluster.url('fleet'), INSTANCE_ID, FLEET_SECRET: [SECRET], MAX_CALLS },
    })

  beforeAll(async () => {
    cluster = await startCluster()
    await cluster.create('fleet')
    a = await instance('a', 1)
    b = await instance('b', 10)
  }, 90_000)
  afterAll(async () => {
    await Promise.all([a?.close(), b?.close()])
    await cluster?.stop()
  }, 60_000)

  const until = async (what: () => Promise<boolean>, limitMs: number): Promise<number> => {
    const since = performance.now()
    while (!(await what())) {
      if (performance.now() - since > limitMs) throw new Error(`not within ${limitMs} ms`)
      await sleep(50)
    }
    return performance.now() - since
  }
  const statusOf = async (world: World, path: string) => (await fetch(`${world.publicUrl}${path}`)).status

  it('each lists both, and a third one with the name of the first refuses to start', async () => {
    for (const world of [a, b]) {
      const { body } = await world.admin('GET', '/fleet')
      const { instances } = body as { instances: { id: string; isUp: boolean }[] }
      expect(instances.filter(({ isUp }) => isUp).map(({ id }) => id)).toEqual(['a', 'b'])
    }
    await expect(instance('a', 1)).rejects.toThrow(/INSTANCE_ID a is taken/)
  }, 60_000)

  it('what one changes holds at the other within two seconds', async () => {
    const number = a.numbers.ivr
    const modeAt = async (world: World) =>
      ((await world.admin('GET', `/numbers/${number}`)).body as { mode: string }).mode
    const before = await modeAt(a)
    const mode = (await modeAt(b)) === 'frontDesk' ? 'menu' : 'frontDesk'
    expect((await b.admin('PUT', `/numbers/${number}`, { mode })).status).toBe(200)
    await until(async () => (await modeAt(a)) === mode, 2_000)
    expect((await b.admin('DELETE', `/numbers/${number}`)).status).toBe(200)
    await until(async () => (await modeAt(a)) === before, 2_000)
  }, 60_000)

  it('a call is carried below the path of its instance, which passes new ones on while it is full', async () => {
    const call = a.twilio.placeCall({ to: a.numbers.receptionist, from: CALLER, maxCallMs: 60_000 })
    await call.seen('media-start')
    await until(async () => (await statusOf(a, '/lbz')) === 404, 5_000)
    expect(await statusOf(b, '/lbz')).toBe(200)

    const form = { CallSid: `CA${'7'.repeat(32)}`, From: CALLER, To: a.numbers.receptionist, Direction: 'inbound' }
    const answer = await fetch(`${a.publicUrl}/twiml`, {
      method: 'POST',
      headers: { 'x-twilio-signature': sign(`${a.publicUrl}/twiml`, form, a.variables.TWILIO_AUTH_TOKEN) },
      body: new URLSearchParams(form),
    })
    expect(answer.status).toBe(503)

    const { callId } = await a.story(call)
    const hangUp = () =>
      fetch(`${b.publicUrl}/calls/${callId}/hangup`, {
        method: 'POST',
        redirect: 'manual',
        headers: { authorization: `Bearer ${b.variables.ADMIN_TOKEN}` },
      })
    const sent = await hangUp()
    expect([sent.status, sent.headers.get('location')]).toEqual([307, `/i/a/calls/${callId}/hangup`])
    expect((await a.admin('POST', sent.headers.get('location')!)).status).toBe(202)
    await until(async () => (await statusOf(a, '/lbz')) === 200, 10_000)
  }, 90_000)
})
