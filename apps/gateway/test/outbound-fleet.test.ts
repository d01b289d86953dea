import { setTimeout as sleep } from 'node:timers/promises'
import type { FarEnd, SimCall } from '@llc-phone/sim'
import { hasPostgres, startCluster, type Cluster } from '@llc-phone/store-postgres/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { ADMIN_TOKEN, startOutsideWorld, type OutsideWorld } from './support/child-gateway.ts'

if (!hasPostgres()) {
  it.skip('calls that several gateways place: no Postgres is installed (initdb was not found)')
}

const TALKER: FarEnd = { outcome: 'answers', afterMs: 200, script: [{ say: 'hello' }, { wait: 100_000 }] }

describe.runIf(hasPostgres())('gateways that place calls together', { timeout: 120_000 }, () => {
  let cluster: Cluster
  let world: OutsideWorld
  beforeAll(async () => {
    cluster = await startCluster()
  }, 60_000)
  afterAll(() => cluster?.stop(), 60_000)

  const open = async (name: string, farEnd: FarEnd): Promise<void> => {
    await cluster.create(name)
    world = await startOutsideWorld(cluster.url(name), {
      demo: true,
      variables: { FLEET_SECRET: 'a secret of thirty-two characters' },
    })
    onTestFinished(() => world.close())
    world.twilio.setFarEnd(() => farEnd)
  }

  const ask = async (method: string, path: string, body?: object, key?: string) => {
    const response = await fetch(`${world.publicUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: response.status, text: await response.text() }
  }
  const dial = async (body: object, key?: string) => {
    const { status, text } = await ask('POST', '/outbound-call', body, key)
    return { status, ...(JSON.parse(text) as { callId: string; state: string; error?: object }) }
  }
  const outboundOf = async (callId: string) =>
    (JSON.parse((await ask('GET', `/calls/${callId}`)).text) as { outbound: { state: string; gate?: string } }).outbound
  const legs = (): SimCall[] => [...world.twilio.calls.values()].filter(({ direction }) => direction === 'outbound-api')
  const metric = async (name: string): Promise<number> =>
    Number(new RegExp(`^${name} (.+)$`, 'm').exec((await ask('GET', '/metrics')).text)?.[1])

  it('place a call that waits when its gateway has died, once, and answer a repeated request for it anywhere', async () => {
    await open('waiting', TALKER)
    const first = await world.start({ INSTANCE_ID: 'a', INSTANCE_ROLES: 'calls' })
    const wish = { to: '+14155550181' }
    const asked = await dial(wish, 'a key')
    expect(asked).toMatchObject({ status: 202, state: 'queued' })
    const short = await dial({ to: '+14155550182', maxWaitSeconds: 1 })
    await expect
      .poll(() => outboundOf(short.callId), { timeout: 15_000 })
      .toMatchObject({ state: 'refused', gate: 'queue_age' })
    expect(await metric('llc_outbound_queue_oldest_seconds')).toBeGreaterThan(0.5)
    expect(await outboundOf(asked.callId)).toMatchObject({ state: 'queued' })
    first.signal('SIGKILL')
    await first.exited

    await world.start({ INSTANCE_ID: 'b' })
    expect(await dial(wish, 'a key')).toMatchObject({ status: expect.any(Number) as number, callId: asked.callId })
    expect(await dial({ to: '+14155550183' }, 'a key')).toMatchObject({ status: 422 })
    await expect.poll(() => legs().map(({ to }) => to), { timeout: 15_000 }).toEqual(['+14155550181'])
    const [leg] = legs()
    expect(await leg!.heardSpeech()).toBe(true)
    leg!.hangUp()
    await expect.poll(() => outboundOf(asked.callId), { timeout: 15_000 }).toMatchObject({ state: 'ended' })
    // A moment that the machine has missed is asked for again.
    expect(await metric('llc_rate_slot_wait_seconds_count')).toBeGreaterThan(0)
    expect(legs()).toHaveLength(1)
  })

  it('talk to whom a gateway has rung that has died before they answered', async () => {
    await open('ringing', { ...TALKER, afterMs: 8_000 })
    const other = await world.start({ INSTANCE_ID: 'b', INSTANCE_ROLES: 'calls' })
    const ringing = await world.start({ INSTANCE_ID: 'a' })
    const { callId } = await dial({ to: '+14155550181' })
    await expect.poll(() => outboundOf(callId), { timeout: 15_000 }).toMatchObject({ state: 'ringing' })
    ringing.signal('SIGKILL')
    world.turnTo(other)
    const [leg] = legs()
    await leg!.seen('media-start')
    expect(await leg!.heardSpeech()).toBe(true)
    expect(other.text()).toContain('call of an earlier process goes on here')
    leg!.hangUp()
    await expect.poll(() => outboundOf(callId), { timeout: 15_000 }).toMatchObject({ state: 'ended' })
    expect(await world.story(leg!)).toMatchObject({ direction: 'outbound', disposition: 'caller_hung_up' })
    expect(legs()).toHaveLength(1)
  })

  it('go on with the conversation of a call that a gateway has placed, and in which it has died', async () => {
    await open('talking', TALKER)
    const other = await world.start({ INSTANCE_ID: 'b', INSTANCE_ROLES: 'calls' })
    const talking = await world.start({ INSTANCE_ID: 'a' })
    const { callId } = await dial({ to: '+14155550181' })
    await expect.poll(() => legs().length, { timeout: 15_000 }).toBe(1)
    const [leg] = legs()
    await leg!.seen('media-start')
    expect(await leg!.heardSpeech()).toBe(true)
    const greeting = () => world.story(leg!).then(({ turns }) => turns.find(({ speaker }) => speaker === 'assistant'))
    await expect.poll(greeting, { timeout: 15_000 }).toBeDefined()
    const said = await greeting()
    // What was said a moment ago is on its way to the database.
    await sleep(1_000)
    world.turnTo(other)
    talking.signal('SIGKILL')
    await leg!.seen('media-start', 2)
    expect(await leg!.heardSpeech()).toBe(true)
    expect(other.text()).toContain('call of an earlier process goes on here')
    leg!.hangUp()
    await expect.poll(() => outboundOf(callId), { timeout: 15_000 }).toMatchObject({ state: 'ended' })
    const story = await world.story(leg!)
    expect(story).toMatchObject({ callId, direction: 'outbound', disposition: 'caller_hung_up' })
    // The callee had not heard all of it.
    const kept = story.turns.find(({ atMs }) => atMs === said!.atMs)
    expect(kept!.text.slice(0, 12)).toBe(said!.text.slice(0, 12))
    const [, resumed] = world.model.sessions
    expect(JSON.stringify(resumed!.log.entries)).toContain(said!.text.slice(0, 12))
    expect(legs()).toHaveLength(1)
  })
})
