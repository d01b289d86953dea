import type { E164 } from '@llc-phone/core'
import type { Carrier, CarrierCall, Placing } from '../../src/index.ts'

interface Known extends CarrierCall {
  status: string
  readonly to: E164
  readonly from: E164
}

/** A carrier that does as it is told and remembers what it was asked. */
export const fakeCarrier = (now: () => Date) => {
  const placed: Placing[] = []
  const calls: Known[] = []
  const hungUp: string[] = []
  const problem: { place?: unknown; find?: unknown; status?: unknown; hangUp?: unknown } = {}
  let count = 0

  /** A call that exists, whether anybody was told or not. */
  const create = (to: E164, from: E164, createdAt = now()): Known => {
    const call = { legId: `CA${String(++count).padStart(32, '0')}`, createdAt, status: 'queued', to, from }
    calls.push(call)
    return call
  }

  const carrier: Carrier = {
    async place(placing) {
      placed.push(placing)
      return script.place ? script.place(placing, placed.length) : { legId: create(placing.to, placing.from).legId }
    },
    async find({ to, from }) {
      if (problem.find) throw problem.find
      return calls.filter((call) => call.to === to && call.from === from)
    },
    async status(legId) {
      if (problem.status) throw problem.status
      return calls.find((call) => call.legId === legId)?.status
    },
    async hangUp(legId) {
      if (problem.hangUp) throw problem.hangUp
      hungUp.push(legId)
      const call = calls.find((known) => known.legId === legId)
      if (call) call.status = 'completed'
    },
  }
  /** `place` in place of the usual, given how often it was asked. */
  const script: { place?: (placing: Placing, nth: number) => Promise<{ legId: string }> } = {}
  return { carrier, placed, calls, hungUp, problem, script, create }
}
