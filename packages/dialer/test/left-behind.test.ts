import { fakeClock } from '@llc-phone/core/testing'
import type { OutboundCall, OutboundChange } from '@llc-phone/store'
import { expect, it } from 'vitest'
import { createLeftBehind } from '../src/left-behind.ts'
import { fakeCarrier } from './support/fake-carrier.ts'
import { memoryLedger } from './support/memory-ledger.ts'
import { LONDON, OURS, settle } from './support/rig.ts'

/** One call that this process has taken over, whose leg has just been answered. */
const createTaken = ({ isShared = true } = {}) => {
  const clock = fakeClock()
  const net = fakeCarrier(clock)
  const { legId } = net.create(LONDON, OURS)
  net.move(legId, 'answered')
  const call: OutboundCall = {
    callId: 'taken',
    to: LONDON,
    from: OURS,
    mode: 'reminder',
    scenario: 'callback',
    requestedAt: clock.date(),
    state: 'ringing',
    legId,
    seenAt: clock.date(),
  }
  let now = call
  const left = [call]
  const away = { isAway: false }
  const changes: OutboundChange[] = []
  const start = createLeftBehind({
    carrier: net.carrier,
    clock,
    ledger: {
      ...memoryLedger().ledger,
      unfinished: async () => left,
      find: async () => now,
      change: async (_callId, change) => void changes.push(change),
    },
    isOfThisProcess: () => false,
    isStopping: () => false,
    onProblem: () => {},
    ...(isShared ? { takeSilent: async () => left.splice(0), mayRing: true } : {}),
    isWithSomebodyElse: async () => away.isAway,
  })
  /** Another process marks the call as its own. */
  const mark = (): void => void (now = { ...call, seenAt: new Date(clock.date().getTime() + 1_000) })
  return { clock, net, legId, changes, start, mark, away, leaveAgain: () => void left.push(call) }
}

it('hangs up an answered call that nobody has talked in', async () => {
  const { net, legId, changes, start } = createTaken()
  await start()
  await settle()
  expect(net.ended).toEqual([legId])
  expect(changes).toMatchObject([{ state: 'ended', disposition: 'drained' }])
})

it('leaves a call alone whose audio has come to another process while the carrier was asked again', async () => {
  const { clock, net, changes, start, mark } = createTaken()
  net.problem.status = new Error('The carrier fails.')
  await start()
  await settle()
  delete net.problem.status
  mark()
  await clock.advance(5_000)
  await settle()
  expect(net.ended).toEqual([])
  expect(changes).toEqual([])
})

it.each([true, false])(
  'lets a callee talk on who is with somebody else, until that is over (shared queue: %s)',
  async (isShared) => {
    const { clock, net, legId, changes, start, away, leaveAgain } = createTaken({ isShared })
    away.isAway = true
    await start()
    await settle()
    expect(net.ended).toEqual([])
    expect(changes).toEqual([])
    net.move(legId, 'completed')
    if (isShared) leaveAgain()
    await clock.advance(30_000)
    await settle()
    expect(net.ended).toEqual([])
    expect(changes).toMatchObject([{ state: 'ended', legId }])
  },
)
