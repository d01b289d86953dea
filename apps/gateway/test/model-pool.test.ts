import { expect, it, vi } from 'vitest'
import { startWorld, type World } from './support/whole-call.ts'

const CALL_TIMEOUT_MS = 120_000

const metric = async (world: World, name: string): Promise<number> => {
  const answer = await fetch(`${world.publicUrl}/metrics`, {
    headers: { authorization: 'Bearer an-admin-token-for-tests' },
  })
  const line = (await answer.text()).split('\n').find((text) => text.startsWith(`${name} `))
  return Number(line?.split(' ').at(-1) ?? 0)
}

const outcome = (world: World, name: string): Promise<number> =>
  metric(world, `llc_model_pool_total{outcome="${name}"}`)

let callers = 0
const ring = (world: World) =>
  world.twilio.placeCall({
    to: world.numbers.ivr,
    from: `+1415555${1_000 + ++callers}`,
    script: [{ listen: true }, { say: 'goodbye' }],
  })

const openSessions = (world: World): number => world.model.sessions.filter(({ isOpen }) => isOpen).length

it(
  'calls that come often find a session that is ready, with nothing of an earlier caller in it',
  { timeout: CALL_TIMEOUT_MS },
  async ({ onTestFinished }) => {
    const world = await startWorld({ dialect: 'ga', variables: { MODEL_POOL: '3' } })
    let isClosed = false
    const close = async (): Promise<void> => {
      if (!isClosed) await world.close()
      isClosed = true
    }
    onTestFinished(close)

    await Promise.all([ring(world).ended, ring(world).ended])
    await vi.waitFor(async () => expect(await metric(world, 'llc_model_pool_idle')).toBe(2), { timeout: 10_000 })
    expect([await outcome(world, 'opened'), await outcome(world, 'missed')]).toEqual([2, 2])
    const idle = world.model.sessions.filter(({ isOpen }) => isOpen)
    const updatesOf = (index: number): readonly string[] =>
      idle[index]!.log.entries.filter(({ event }) => event.type === 'session.update').map(
        ({ event }) => (event as unknown as { session: { instructions?: string } }).session.instructions ?? '',
      )
    const [fixed = ''] = updatesOf(0)
    expect(fixed).toMatch(/^# Role/)
    expect(fixed, 'what is told of the present').not.toContain('# Now')

    const third = ring(world)
    await third.ended
    const story = await world.story(third)
    expect(story).toMatchObject({ disposition: 'assistant_hung_up' })
    expect(story.turns[0]!.text).toMatch(/^Thank you for calling/)
    expect(await outcome(world, 'used')).toBe(1)
    const used = idle.findIndex(({ isOpen }) => !isOpen)
    const [begun = '', told = ''] = updatesOf(used)
    expect(begun).toBe(fixed)
    expect(told.startsWith(fixed), 'the prefix is what the cache of the server keeps').toBe(true)
    expect(told.length).toBeGreaterThan(fixed.length)

    // The number gets another mode: its warm sessions are of no use any more.
    const { status } = await world.admin('PUT', `/numbers/${world.numbers.ivr}`, { mode: 'frontDesk' })
    expect(status).toBe(200)
    const fourth = ring(world)
    await fourth.ended
    expect(await world.story(fourth)).toMatchObject({ mode: 'receptionist' })
    expect(await outcome(world, 'used')).toBe(1)

    expect(world.model.violations).toEqual([])
    await world.gateway.stop()
    await vi.waitFor(() => expect(openSessions(world)).toBe(0), { timeout: 5_000 })
    await close()
  },
)

it(
  'callers notice neither a server that closes its idle sessions nor a burst that is larger than the pool',
  { timeout: CALL_TIMEOUT_MS },
  async ({ onTestFinished }) => {
    const world = await startWorld({ dialect: 'ga', variables: { MODEL_POOL: '1' } })
    onTestFinished(() => world.close())
    await Promise.all([ring(world).ended, ring(world).ended])
    await vi.waitFor(async () => expect(await metric(world, 'llc_model_pool_idle')).toBe(1), { timeout: 10_000 })
    for (const session of world.model.sessions) if (session.isOpen) session.drop(1006)
    await vi.waitFor(async () => expect(await outcome(world, 'lost')).toBe(1), { timeout: 5_000 })
    const calls = [ring(world), ring(world)]
    const results = await Promise.all(calls.map(({ ended }) => ended))
    expect(results.flatMap(({ errors }) => errors)).toEqual([])
    for (const call of calls)
      // oxlint-disable-next-line no-await-in-loop
      expect(await world.story(call)).toMatchObject({ disposition: 'assistant_hung_up' })
    expect(await metric(world, 'llc_model_up')).toBe(1)
    expect(world.logText()).not.toContain('"msg":"call problem"')
  },
)
