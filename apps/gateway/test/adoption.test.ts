import type { CallSession, LostLeg, RememberedCall } from '@llc-phone/core'
import { settle } from '@llc-phone/core/testing'
import type { AbandonedCall, RecordedCall } from '@llc-phone/store'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createAdoption, whyNotAdopted, type AdoptionDeps, type PlacedCall } from '../src/adoption.ts'
import { createLog } from '../src/watching/log.ts'

const story = {
  callId: 'call-1',
  legId: 'leg 1',
  mode: 'ivr',
  direction: 'inbound',
  dialled: '+14155550101',
  startedAt: '2026-11-22T10:00:00.000Z',
  turns: [],
  tools: [],
  transfers: [],
  latency: {},
  usage: { input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 }, output: { text: 0, audio: 0 } },
} as RecordedCall
const plan = { instance: 'ivr', kept: {}, spent: { called: 0, written: 0 } } as unknown as NonNullable<
  AbandonedCall['plan']
>
const leg = { legId: 'leg 1', entry: 'after-stream', line: {} } as LostLeg

/** One call of a dead process, in a journal whose answers can be held back. */
const rig = (
  abandoned: Partial<AbandonedCall> = { plan },
  { placed, direction = 'inbound' }: Pick<AdoptionDeps, 'placed'> & Partial<Pick<RecordedCall, 'direction'>> = {},
) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const ended: string[] = []
  const closed: number[] = []
  const late: AbandonedCall['steps'][number][] = []
  const resumed: RememberedCall[] = []
  const results: string[] = []
  const sessions: CallSession[] = []
  const gates = { find: Promise.resolve(), adopt: Promise.resolve() }
  let epoch = 1
  const adoption = createAdoption({
    log: createLog({ level: 'silent', secrets: [] }),
    registry: {
      resume({ callId, remembered }: { callId: string; remembered: RememberedCall }) {
        resumed.push(remembered)
        const call = {
          facts: { callId },
          end: (disposition: string) => void ended.push(disposition),
        } as unknown as CallSession
        sessions.push(call)
        return call
      },
      byLegId: () => sessions[0],
    } as never,
    numbers: { resolve: () => ({ name: 'ivr', mode: { name: 'ivr' } }), named: () => undefined } as never,
    calls: {
      async find() {
        await gates.find
        return { ...story, direction }
      },
    },
    journal: {
      abandoned: async () => ({
        callId: 'call-1',
        epoch: 1,
        steps: [],
        silentMs: 200,
        lastedMs: 9_000,
        quickAdoptions: 0,
        ...abandoned,
      }),
      left: async () => ({ plan, steps: late }),
      async closeStray(call) {
        closed.push(call.epoch)
        return true
      },
      async adopt(call) {
        const isFree = epoch === call.epoch
        if (isFree) epoch++
        await gates.adopt
        return isFree
      },
    },
    metrics: { adopted: (_entry, result) => void results.push(result) },
    limitMs: 1_500,
    placed,
  })
  return { adoption, gates, ended, results, sessions, closed, late, resumed, epoch: () => epoch }
}

it('goes on with a call once, however often the carrier asks', async () => {
  const { adoption, sessions, results } = rig()
  const [one, other] = await Promise.all([adoption.resume(leg), adoption.resume(leg)])
  expect(one).toBe(sessions[0])
  expect(other).toBe(one)
  expect([sessions.length, results]).toEqual([1, ['resumed']])
})

it('knows what its process has written until it was taken over', async () => {
  const { adoption, gates, late, resumed } = rig()
  const { promise, resolve } = Promise.withResolvers<void>()
  gates.adopt = promise
  const asked = adoption.resume(leg)
  await settle()
  late.push({ kind: 'keys', text: '1', atMs: 900 })
  resolve()
  await asked
  expect(resumed).toMatchObject([{ steps: [{ kind: 'keys', text: '1' }] }])
})

it('does not take over a call whose plan cannot be read', async () => {
  const { adoption, results, epoch } = rig({})
  expect(await adoption.resume(leg)).toBe('unreadable')
  expect([results, epoch()]).toEqual([['unreadable'], 1])
})

it('leaves a call alone once its caller has gone to the fallback', async () => {
  const { adoption, gates, sessions, epoch } = rig()
  const { promise, resolve } = Promise.withResolvers<void>()
  gates.find = promise
  const asked = adoption.resume(leg)
  await vi.advanceTimersByTimeAsync(1_500)
  expect(await asked).toBe('failed')
  resolve()
  await settle()
  expect([sessions.length, epoch()]).toEqual([0, 1])
})

it('ends a call that it took over too late, and no other one', async () => {
  const { adoption, gates, ended } = rig()
  const { promise, resolve } = Promise.withResolvers<void>()
  gates.adopt = promise
  const asked = adoption.resume(leg)
  await vi.advanceTimersByTimeAsync(1_500)
  expect(await asked).toBe('failed')
  resolve()
  await settle()
  expect(ended).toEqual(['fallback'])
})

it('makes no session of a call that it took over too late for its first question: the leg has a new one', async () => {
  const { adoption, gates, sessions, closed } = rig({ plan, silentMs: 4_000 })
  const { promise, resolve } = Promise.withResolvers<void>()
  gates.adopt = promise
  const asked = adoption.resume({ ...leg, entry: 'voice' })
  await vi.advanceTimersByTimeAsync(300)
  expect(await asked).toBe('failed')
  resolve()
  await settle()
  expect([sessions.length, closed]).toEqual([0, [2]])
})

it('does not end the session of a call that another question has resumed meanwhile', async () => {
  const { adoption, gates, ended, sessions } = rig()
  const { promise, resolve } = Promise.withResolvers<void>()
  gates.find = promise
  const first = adoption.resume(leg)
  await vi.advanceTimersByTimeAsync(1_500)
  await first
  gates.find = Promise.resolve()
  expect(await adoption.resume(leg)).toBe(sessions[0])
  resolve()
  await settle()
  expect(ended).toEqual([])
})

it('leaves a call alone that two processes died of soon after they had taken it over', async () => {
  const { adoption, results, epoch } = rig({ plan, quickAdoptions: 2 })
  expect(await adoption.resume(leg)).toBe('poisoned')
  expect([results, epoch()]).toEqual([['poisoned'], 1])
})

it('goes on with a call that was placed by the request that was kept, and lets it go where there is none', async () => {
  const session = { facts: { callId: 'call-1' } } as CallSession
  const asked: PlacedCall[] = []
  const placed = rig(undefined, {
    direction: 'outbound',
    async placed(call) {
      asked.push(call)
      return session
    },
  })
  expect(await placed.adoption.resume(leg)).toBe(session)
  expect(asked).toMatchObject([{ callId: 'call-1', legId: 'leg 1', dialled: story.dialled, remembered: { plan } }])

  const unread = rig(undefined, { direction: 'outbound', placed: () => Promise.reject(new TypeError('no request')) })
  expect(await unread.adoption.resume(leg)).toBe('mode_gone')
  expect([unread.closed, unread.epoch()], 'it is open at nobody').toEqual([[2], 2])

  const unkept = rig(undefined, { direction: 'outbound' })
  expect(await unkept.adoption.resume(leg)).toBe('none')
  expect(unkept.epoch()).toBe(1)
})

it('decides by the plan, by deaths, by room and by who was faster', () => {
  const roomy = { entry: 'after-stream', isFull: false, asksOthers: true }
  const left = { plan, quickAdoptions: 0, silentMs: 200 }
  expect(whyNotAdopted({ quickAdoptions: 0, silentMs: 200 }, roomy)).toBe('unreadable')
  expect(whyNotAdopted({ ...left, quickAdoptions: 1 }, roomy)).toBeUndefined()
  expect(whyNotAdopted({ ...left, quickAdoptions: 2 }, roomy)).toBe('poisoned')
  expect(whyNotAdopted(left, { ...roomy, isFull: true })).toBe('full')
  const justTaken = { ...left, adoptedAgoMs: 999 }
  expect(whyNotAdopted(justTaken, roomy)).toBe('lost')
  expect(whyNotAdopted(justTaken, { ...roomy, asksOthers: false })).toBeUndefined()
})

it('has the first webhook answered again by the process that has answered it, unless that one is silent', () => {
  const voice = { entry: 'voice', isFull: false, asksOthers: true }
  expect(whyNotAdopted({ plan, quickAdoptions: 0, silentMs: 2_999 }, voice)).toBe('lost')
  expect(whyNotAdopted({ plan, quickAdoptions: 0, silentMs: 3_000 }, voice)).toBeUndefined()
})
