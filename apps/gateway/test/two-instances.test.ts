import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { countStatements, hasPostgres, startCluster, type Cluster } from '@llc-phone/store-postgres/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { sign } from './support/gateway.ts'
import { startWorld, type World } from './support/whole-call.ts'

const isInstalled = hasPostgres()
if (!isInstalled) {
  it.skip('two gateways on one database: no Postgres server is installed (initdb was not found)')
}

const SECRET = 'a secret that two gateways have in common'
const CALLER = '+14155550198'

describe.runIf(isInstalled)('two gateways on one database', () => {
  let cluster: Cluster
  let a: World
  let b: World
  const instance = (INSTANCE_ID: string, MAX_CALLS: number, env: Parameters<typeof startWorld>[0]['env'] = {}) =>
    startWorld({
      dialect: 'ga',
      env: { DATABASE_URL: cluster.url('fleet'), INSTANCE_ID, FLEET_SECRET: [SECRET], MAX_CALLS, ...env },
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
  const listed = async (world: World) =>
    ((await world.admin('GET', '/fleet')).body as { instances: { id: string; isUp: boolean; problem?: string }[] })
      .instances
  const statusOf = async (world: World, path: string) => (await fetch(`${world.publicUrl}${path}`)).status

  it('each lists both, and a third one with the name of the first refuses to start', async () => {
    for (const world of [a, b]) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const instances = await listed(world)
      expect(instances.filter(({ isUp }) => isUp).map(({ id }) => id)).toEqual(['a', 'b'])
    }
    await expect(instance('a', 1)).rejects.toThrow(/INSTANCE_ID a is taken/)
  }, 60_000)

  it('what one changes holds at the other: at once when Postgres tells, else within two seconds', async () => {
    const number = a.numbers.ivr
    const modeAt = async (world: World) =>
      ((await world.admin('GET', `/numbers/${number}`)).body as { mode: string }).mode
    const before = await modeAt(a)
    const mode = (await modeAt(b)) === 'frontDesk' ? 'menu' : 'frontDesk'
    /** Changes it at b; how long a goes on with what was. */
    const change = async (method: 'PUT' | 'DELETE', after: string) => {
      expect((await b.admin(method, `/numbers/${number}`, method === 'PUT' ? { mode } : undefined)).status).toBe(200)
      return until(async () => (await modeAt(a)) === after, 2_000)
    }
    const told = [await change('PUT', mode), await change('DELETE', before), await change('PUT', mode)]
    expect(told.toSorted((one, other) => one - other)[1], 'the median of three').toBeLessThan(300)

    await cluster.ask(
      'postgres',
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'llc-phone listener'",
    )
    await change('DELETE', before)
  }, 60_000)

  it('an instance without calls asks the database four times a second at most', async () => {
    const asked = countStatements()
    await sleep(6_000)
    asked.stop()
    expect(asked.total() / 6 / 2, JSON.stringify([...asked.sent])).toBeLessThan(4)
    // It did count.
    expect([...asked.sent.keys()].some((text) => /insert into "?instances/i.test(text))).toBe(true)
  }, 60_000)

  it('one for placing calls, with another secret, takes no calls, and is complained of', async () => {
    const c = await instance('c', 10, { FLEET_SECRET: [`${SECRET} no more`], INSTANCE_ROLES: ['dial'] })
    try {
      expect(await statusOf(c, '/lbz')).toBe(404)
      await until(async () => /"other":"c".*FLEET_SECRET differs/.test(a.logText()), 3_000)
      expect(c.logText()).toContain('FLEET_SECRET differs')
      expect((await listed(a)).filter(({ isUp }) => isUp).map(({ id, problem }) => [id, problem])).toEqual([
        ['a', undefined],
        ['b', undefined],
        ['c', 'secret_differs'],
      ])
    } finally {
      await c.close()
    }
  }, 60_000)

  it('answers for another instance, and counts whether that one is there', async () => {
    const form = { CallSid: `CA${'8'.repeat(32)}`, CallStatus: 'completed' }
    const post = async (path: string) => {
      const answer = await fetch(`${a.publicUrl}${path}`, {
        method: 'POST',
        headers: { 'x-twilio-signature': sign(`${a.publicUrl}${path}`, form, a.variables.TWILIO_AUTH_TOKEN) },
        body: new URLSearchParams(form),
      })
      return answer.status
    }
    expect([await post('/i/b/twilio/status'), await post('/i/nobody/twilio/status')]).toEqual([204, 204])
    const metrics = await fetch(`${a.publicUrl}/metrics`, {
      headers: { authorization: `Bearer ${a.variables.ADMIN_TOKEN}` },
    })
    const text = await metrics.text()
    for (const owner of ['alive', 'gone']) expect(text).toContain(`llc_misrouted_total{owner="${owner}"} 1`)
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
    const socket = new WebSocket(`${b.publicUrl.replace('http', 'ws')}/calls/${callId}/listen`, {
      headers: { authorization: `Bearer ${b.variables.ADMIN_TOKEN}` },
    })
    const [, { headers }] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
    expect(headers.location).toBe(`/i/a/calls/${callId}/listen`)
    socket.on('error', () => undefined)
    socket.terminate()
    expect((await a.admin('POST', sent.headers.get('location')!)).status).toBe(202)
    await until(async () => (await statusOf(a, '/lbz')) === 200, 10_000)
  }, 90_000)
})
