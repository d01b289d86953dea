import { e164, PlacingFailed, type Carrier, type E164, type Placing } from '@llc-phone/core'
import { fakeClock, testCarrier, type CalleeBehaviour, type PlacingTrouble } from '@llc-phone/core/testing'
import { expect } from 'vitest'
import { fakeCarrier } from './support/fake-carrier.ts'

const OURS = [e164('+14155550100'), e164('+14155550101')] as const

testCarrier('of the tests', async () => {
  const clock = fakeClock()
  const net = fakeCarrier(clock)
  const manners = new Map<E164, CalleeBehaviour>()

  const place = async ({ to, from, ringSeconds }: Placing) => {
    const { legId } = net.create(to, from)
    const manner = manners.get(to)
    const moves = {
      rings: ['no_answer', ringSeconds * 1_000],
      answers: ['answered', 200],
      hangsUp: ['answered', 200],
      busy: ['busy', 200],
      fails: ['failed', 200],
    } as const
    if (manner !== 'fails') clock.after(100, () => net.move(legId, 'ringing'))
    const [status, afterMs] = moves[manner!]
    clock.after(afterMs, () => net.move(legId, status))
    if (manner === 'hangsUp') clock.after(300, () => net.move(legId, 'completed'))
    return { legId }
  }

  const fail = async (trouble: PlacingTrouble, placing: Placing): Promise<never> => {
    if (trouble === 'placedButLost') await place(placing)
    const isLost = trouble === 'lost' || trouble === 'placedButLost'
    throw new PlacingFailed(isLost ? 'unknown' : trouble, 'It did not work.')
  }

  const troubled = async (trouble: PlacingTrouble): Promise<Carrier> => {
    const placing = async (call: Placing) => {
      net.script.place = (asked) => fail(trouble, asked)
      return net.carrier.place(call).finally(() => (net.script.place = place))
    }
    const unreached = async (): Promise<never> => {
      throw new Error('No connection.')
    }
    const lookUps = trouble === 'unsent' ? { find: unreached, status: unreached, end: unreached } : {}
    return { ...net.carrier, place: placing, ...lookUps }
  }

  net.script.place = place
  let nth = 0
  return {
    carrier: net.carrier,
    ours: OURS,
    callee(manner) {
      const number = e164(`+1415555020${nth++}`)
      manners.set(number, manner)
      return number
    },
    troubled,
    now: clock.date,
    async until(condition) {
      for (let turn = 0; turn < 1_000; turn++) {
        if (await condition()) return
        await clock.advance(50)
      }
      expect.fail('It did not come about.')
    },
    close: async () => expect(net.violations).toEqual([]),
  }
})
