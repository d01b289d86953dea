import { setTimeout as sleep } from 'node:timers/promises'
import type { CallerStep, SimCall } from '@llc-phone/sim'
import { hasPostgres, startCluster, type Cluster } from '@llc-phone/store-postgres/testing'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { startOutsideWorld, type ChildGateway, type OutsideWorld } from './support/child-gateway.ts'

const CALL_TIMEOUT_MS = 120_000
const WITHIN_MS = 40_000
/** Until the others may conclude anything from silence, and a little more. */
const STEADY_MS = 9_500
/** Longer than a process may be silent. */
const AWAY_MS = 8_000

if (!hasPostgres()) {
  it.skip('calls that another gateway takes over: no Postgres is installed (initdb was not found)')
}

describe.runIf(hasPostgres())('two gateways on one Postgres', { timeout: CALL_TIMEOUT_MS }, () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster()
  }, 60_000)
  afterAll(() => cluster?.stop())

  let world: OutsideWorld
  const open = async (name: string): Promise<void> => {
    await cluster.create(name)
    world = await startOutsideWorld(cluster.url(name), {
      demo: true,
      variables: { FLEET_SECRET: 'a secret of thirty-two characters' },
    })
    onTestFinished(() => world.close())
  }

  /** A caller who says nothing by themselves. */
  const ring = (script: CallerStep[] = []): SimCall =>
    world.twilio.placeCall({
      to: world.numbers.csr,
      from: '+14155550199',
      script: [{ wait: 100_000 }, ...script],
      maxCallMs: 110_000,
    })

  const until = async (call: SimCall, isSo: (story: Awaited<ReturnType<OutsideWorld['story']>>) => boolean) => {
    const deadline = performance.now() + WITHIN_MS
    for (;;) {
      const story = await world.story(call).catch(() => undefined)
      if (story && isSo(story)) return story
      if (performance.now() > deadline) throw new Error(`not so: ${JSON.stringify(story?.turns)}`)
      await sleep(100)
    }
  }

  const says = (gateway: ChildGateway, words: RegExp) =>
    Promise.race([
      gateway.says(words),
      sleep(WITHIN_MS).then(() => {
        throw new Error(`${words.source} was never said: ${gateway.text().slice(-3_000)}`)
      }),
    ])

  const spokenByTwilio = ({ timeline }: SimCall) =>
    timeline.filter(({ type }) => type === 'say' || type === 'bridged').map(({ text }) => text)

  it('fetch a call back from one that froze, which does nothing when it wakes, and take it over from one that dies', async () => {
    await open('frozen')
    const rescuer = await world.start({ INSTANCE_ID: 'a' })
    const frozen = await world.start({ INSTANCE_ID: 'b' })
    const call = ring()
    // It went to the latest one.
    await until(call, ({ turns }) => turns.some(({ speaker }) => speaker === 'assistant'))
    await sleep(STEADY_MS)
    frozen.signal('SIGSTOP')
    world.turnTo(rescuer)
    await call.seen('media-start', 2)
    expect(await call.heardSpeech()).toBe(true)
    expect(rescuer.text()).toContain('a call whose process has gone silent is fetched back')
    frozen.signal('SIGCONT')
    await says(frozen, /another process has taken this call over/)

    const third = await world.start({ INSTANCE_ID: 'c' })
    await sleep(1_500)
    rescuer.signal('SIGKILL')
    await call.seen('media-start', 3)
    expect(await call.heardSpeech()).toBe(true)
    expect(third.text()).toContain('goes on here')
    call.hangUp()
    await call.ended
    expect(spokenByTwilio(call), 'no apology, and nobody was rung').toEqual([])
    const story = await until(call, ({ endedAt }) => endedAt !== undefined)
    expect(story).toMatchObject({ disposition: 'caller_hung_up' })
    expect(await world.model.session(2).then(({ log }) => JSON.stringify(log.entries))).toContain('The line dropped')
  })

  it('keep their calls while the database is away, and afterwards what was said meanwhile can be gone on with', async () => {
    await open('away')
    const other = await world.start({ INSTANCE_ID: 'a' })
    const owner = await world.start({ INSTANCE_ID: 'b' })
    const call = ring()
    await until(call, ({ turns }) => turns.some(({ speaker }) => speaker === 'assistant'))
    await sleep(STEADY_MS)
    const back = cluster.restart(AWAY_MS)
    await sleep(500)
    await call.say('is anybody there')
    const late = ring()
    await late.seen('media-start')
    expect(await late.heardSpeech()).toBe(true)
    expect((await fetch(`${world.publicUrl}/lbz`)).status).toBe(200)
    await back
    await sleep(STEADY_MS)
    expect(other.text() + owner.text(), 'silence of all of them says nothing').not.toMatch(/fetched back|goes on here/)

    world.turnTo(other)
    owner.signal('SIGKILL')
    for (const each of [call, late]) {
      await each.seen('media-start', 2)
      expect(await each.heardSpeech()).toBe(true)
    }
    // What the owner could not write while the database was away.
    await until(call, ({ turns }) => turns.some(({ speaker }) => speaker === 'caller'))
    for (const each of [call, late]) each.hangUp()
    await Promise.all([call.ended, late.ended])
  })
})
