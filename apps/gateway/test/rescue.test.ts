import { GatewayError, type CallSession, type Line, type StrayLeg, type Transfer } from '@llc-phone/core'
import { fakeClock } from '@llc-phone/core/testing'
import type { StrayCall } from '@llc-phone/store'
import { expect, it } from 'vitest'
import type { NotAdopted } from '../src/adoption.ts'
import { createRescue, isPutThrough, isWithSomebodyElse } from '../src/rescue.ts'
import { createLog } from '../src/watching/log.ts'

const stray = (n: number, more: Partial<StrayCall> = {}): StrayCall => ({
  callId: `call-${n}`,
  legId: `leg ${n}`,
  epoch: 1,
  dialled: '+14155550101',
  owner: 'boot of a',
  silentMs: 5_500,
  ...more,
})

/** Stray calls, and what the carrier and the journal say of each. */
const rig = (
  calls: StrayCall[],
  {
    leg = { isUp: true },
    found = { state: { mediaAttached: false } } as CallSession,
    fails = 0,
  }: { leg?: StrayLeg | 'none'; found?: CallSession | NotAdopted; fails?: number } = {},
) => {
  const clock = fakeClock()
  const happened: string[] = []
  const at = (what: string) => happened.push(`${clock.now()} ${what}`)
  let failures = fails
  let mayTake = true
  const rescue = createRescue({
    log: createLog({ level: 'silent', secrets: [] }),
    clock,
    journal: {
      strays: async (limit) => calls.splice(0, limit),
      async closeStray({ callId }) {
        happened.push(`close ${callId}`)
        return true
      },
    },
    adoption: {
      async resume({ legId, entry }) {
        happened.push(`adopt ${legId} ${entry}`)
        return found
      },
      resumeMedia: async () => 'none',
    },
    line: {
      async look(legId: string) {
        at(`look ${legId}`)
        return leg === 'none' ? undefined : leg
      },
      async fetchBack(legId: string) {
        at(`fetch ${legId}`)
        if (failures-- > 0) throw new GatewayError('call_control_failed', 'not now')
      },
    } as Partial<Line> as Line,
    metrics: { rescued: (result) => void happened.push(result) },
    mayTake: () => mayTake,
  })
  const refuse = () => (mayTake = false)
  return { rescue, clock, happened, refuse }
}

it('takes over a call whose leg is up, then has the carrier ask this process', async () => {
  const { rescue, clock, happened } = rig([stray(1)])
  rescue.start()
  await clock.advance(1_000)
  expect(happened).toEqual(['0 look leg 1', 'adopt leg 1 rescue', '200 fetch leg 1', 'fetched'])
})

it('closes a call whose leg has ended, or is not known', async () => {
  for (const leg of [{ isUp: false, endedAt: new Date(0) }, 'none'] as const) {
    const { rescue, clock, happened } = rig([stray(1)], { leg })
    rescue.start()
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await clock.advance(500)
    expect(happened.slice(1)).toEqual(['close call-1', 'closed'])
  }
})

it('lets a call be that its carrier has brought back by itself meanwhile', async () => {
  const found = { state: { mediaAttached: true } } as CallSession
  const { rescue, clock, happened } = rig([stray(1)], { found })
  rescue.start()
  await clock.advance(1_000)
  expect(happened).toEqual(['0 look leg 1', 'adopt leg 1 rescue', 'fetched'])
})

it('leaves a call to the process that was faster', async () => {
  const { rescue, clock, happened } = rig([stray(1)], { found: 'lost' })
  rescue.start()
  await clock.advance(1_000)
  expect(happened.slice(1)).toEqual(['adopt leg 1 rescue', 'lost'])
})

it('fetches a call back that cannot go on: its caller goes to the fallback', async () => {
  const { rescue, clock, happened } = rig([stray(1)], { found: 'poisoned' })
  rescue.start()
  await clock.advance(1_000)
  expect(happened.at(-1)).toBe('fetched')
})

it('sends the carrier five requests a second, and takes no more calls than that lasts for', async () => {
  const { rescue, clock, happened } = rig([1, 2, 3, 4, 5].map((n) => stray(n)))
  rescue.start()
  await clock.advance(4_000)
  const times = happened.filter((line) => /^\d/.test(line)).map((line) => Number.parseInt(line, 10))
  expect(times).toHaveLength(10)
  for (const [index, time] of times.entries()) expect(time).toBeGreaterThanOrEqual(index * 200)
})

it('asks the carrier again when it has not answered, three times at most', async () => {
  const { rescue, clock, happened } = rig([stray(1)], { fails: 3 })
  rescue.start()
  await clock.advance(5_000)
  expect(happened.filter((line) => line.includes('fetch '))).toHaveLength(3)
  expect(happened.at(-1)).toBe('failed')
})

it('does nothing while this process takes no calls', async () => {
  const { rescue, clock, happened, refuse } = rig([stray(1)])
  refuse()
  rescue.start()
  await clock.advance(3_000)
  expect(happened).toEqual([])
})

it('leaves callers alone who are with somebody else', () => {
  const plan = (awayKind?: 'transfer' | 'reconnect') => ({
    plan: { kept: { awayKind } } as NonNullable<StrayCall['plan']>,
  })
  expect(isWithSomebodyElse(plan('transfer'))).toBe(true)
  expect(isWithSomebodyElse(plan('reconnect'))).toBe(false)
  expect(isWithSomebodyElse(plan())).toBe(false)
  expect(isWithSomebodyElse({})).toBe(false)
})

it('knows a callee who was put through by the plan, and by the transfers once that is gone', () => {
  const plan = (kind?: string) => ({ kept: kind === undefined ? {} : { departure: { kind } } }) as never
  const told = (kind: Transfer['kind'], outcome?: 'bridged' | 'busy'): Transfer => ({
    kind,
    atMs: 1,
    ...(outcome ? { outcome } : {}),
  })
  // A transfer that was called off has no outcome either.
  for (const transfers of [[], [told('cold')], [told('warm')]]) {
    expect(isPutThrough(plan(), transfers)).toBe(false)
    for (const kind of ['transfer', 'voicemail', 'conference'])
      expect(isPutThrough(plan(kind), transfers), kind).toBe(true)
    for (const kind of ['hangUp', 'keys']) expect(isPutThrough(plan(kind), transfers), kind).toBe(false)
  }
  expect(isPutThrough(undefined)).toBe(false)
  expect(isPutThrough(undefined, [told('cold', 'busy'), told('cold')])).toBe(true)
  expect(isPutThrough(undefined, [told('cold'), told('cold', 'busy')])).toBe(false)
  expect(isPutThrough(undefined, [told('warm')])).toBe(false)
  expect(isPutThrough(undefined, [told('warm', 'bridged')])).toBe(true)
})
