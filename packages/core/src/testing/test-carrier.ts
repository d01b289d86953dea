import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { endOf, PlacingFailed, type Carrier, type PlacedLeg, type Placing } from '../line.ts'
import type { E164 } from '../telephone/e164.ts'

/**
 * The behaviour of a called number: rings until the carrier or we give up; answers at once and stays on the line silently;
 * answers and hangs up within seconds; is busy; or the network fails.
 */
export type CalleeBehaviour = 'rings' | 'answers' | 'hangsUp' | 'busy' | 'fails'

/** How every request to place a call fails; `lost` and `placedButLost` get no answer. */
export type PlacingTrouble = 'refused' | 'busy' | 'unsent' | 'lost' | 'placedButLost'

/** A carrier under test, and the network behind it. */
export interface CarrierRig {
  readonly carrier: Carrier
  /** Two of our numbers. */
  readonly ours: readonly [E164, E164]
  /** A number with this behaviour that was not called before. */
  callee(behaviour: CalleeBehaviour): E164
  /** The same account over a connection on which requests to place calls fail in this way; `unsent` affects all requests. */
  troubled(trouble: PlacingTrouble): Promise<Carrier>
  /** The carrier's wall clock. */
  now(): Date
  /** Lets time pass until `condition` holds. */
  until(condition: () => Promise<boolean>): Promise<void>
  close(): Promise<void>
}

/** Carriers give times to the second, and clocks differ. */
const CLOCK_SKEW_MS = 5_000
const HOUR_MS = 3_600_000

/** Each trouble with its failure kind and the number of legs it leaves. */
const troubles = [
  ['refused', 'refused', 0],
  ['busy', 'busy', 0],
  ['unsent', 'unsent', 0],
  ['lost', 'unknown', 0],
  ['placedButLost', 'unknown', 1],
] as const

/**
 * The contract of the port for placing calls, as vitest tests. Adapters of real carriers and the fake carrier of the dialer's
 * tests both pass it, so that no test is more lenient than a carrier.
 */
export const testCarrier = (name: string, open: () => Promise<CarrierRig>): void => {
  describe(`the carrier "${name}"`, { timeout: 20_000 }, () => {
    let rig: CarrierRig
    let since: Date
    beforeEach(async () => {
      rig = await open()
      since = new Date(rig.now().getTime() - CLOCK_SKEW_MS)
    })
    afterEach(() => rig.close())

    const placing = (to: E164, changes: Partial<Placing> = {}): Placing => ({
      callId: randomUUID(),
      to,
      from: rig.ours[0],
      ringSeconds: 25,
      timeLimitSeconds: 600,
      detection: 'off',
      ...changes,
    })
    const place = (to: E164, changes: Partial<Placing> = {}) => rig.carrier.place(placing(to, changes))
    const legsTo = (to: E164): Promise<readonly PlacedLeg[]> => rig.carrier.find({ to, from: rig.ours[0], since })
    const idsTo = async (to: E164): Promise<string[]> => (await legsTo(to)).map(({ legId }) => legId).toSorted()
    const reaches = (legId: string, status: PlacedLeg['status']): Promise<void> =>
      rig.until(async () => (await rig.carrier.status(legId)) === status)
    const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => expect.fail('It did not fail.'),
        (error: unknown) => error,
      )
    /** Everything a log could show of the error. */
    const shown = (error: unknown): string => {
      const { message, stack = '', cause } = error as Error
      return [message, stack, JSON.stringify(error), cause === undefined ? '' : shown(cause)].join('\n')
    }

    describe('a request to place a call', () => {
      it('is answered when the leg exists, which is listed from then on', async () => {
        const to = rig.callee('rings')
        expect(await legsTo(to)).toEqual([])
        const { legId } = await place(to)
        expect(legId).not.toBe('')
        const legs = await legsTo(to)
        expect(legs.map((leg) => leg.legId)).toEqual([legId])
        expect(Math.abs(legs[0]!.createdAt.getTime() - rig.now().getTime())).toBeLessThan(CLOCK_SKEW_MS)
        expect(['queued', 'ringing']).toContain(legs[0]!.status)
      })

      it('made for two calls makes two legs', async () => {
        const to = rig.callee('rings')
        const [one, other] = [await place(to), await place(to)]
        expect(one.legId).not.toBe(other.legId)
        expect(await idsTo(to)).toEqual([one.legId, other.legId].toSorted())
      })

      it('may press the keys of an extension', async () => {
        const to = rig.callee('rings')
        const { legId } = await place(to, { extension: '22' })
        expect(await idsTo(to)).toEqual([legId])
      })

      it.each(['start', 'messageEnd'] as const)(
        'may ask who answers, if the carrier can tell: %s',
        async (detection) => {
          if (!rig.carrier.can.detectsMachines) return
          const to = rig.callee('rings')
          const { legId } = await place(to, { detection })
          expect(await idsTo(to)).toEqual([legId])
        },
      )

      it.each(troubles)('(%s) fails as %s and leaves %i legs behind', async (trouble, kind, count) => {
        const to = rig.callee('rings')
        const carrier = await rig.troubled(trouble)
        const error = await failureOf(carrier.place(placing(to)))
        expect(error).toBeInstanceOf(PlacingFailed)
        expect((error as PlacingFailed).kind).toBe(kind)
        // Sent once only: an adapter must not repeat a request by itself.
        expect(await legsTo(to)).toHaveLength(count)
      })

      it.each(troubles)('(%s) fails with a sentence that names nobody', async (trouble) => {
        const to = rig.callee('rings')
        const error = await failureOf((await rig.troubled(trouble)).place(placing(to)))
        expect((error as Error).message).toMatch(/\S.*\.$/)
        expect(shown(error)).not.toContain(to.slice(-7))
        expect(shown(error)).not.toContain(rig.ours[0].slice(-7))
      })
    })

    describe('the list of legs', () => {
      it('has those between these two numbers only', async () => {
        const [to, other] = [rig.callee('rings'), rig.callee('rings')]
        const { legId } = await place(to)
        await place(other)
        await place(to, { from: rig.ours[1] })
        expect(await idsTo(to)).toEqual([legId])
      })

      it('has those only that are not older than was asked', async () => {
        const to = rig.callee('rings')
        await place(to)
        const later = new Date(rig.now().getTime() + HOUR_MS)
        expect(await rig.carrier.find({ to, from: rig.ours[0], since: later })).toEqual([])
      })

      it('has those that are over, too, as they ended', async () => {
        const to = rig.callee('busy')
        const { legId } = await place(to)
        await reaches(legId, 'busy')
        expect(await legsTo(to)).toMatchObject([{ legId, status: 'busy' }])
      })
    })

    describe('a leg', () => {
      it('rings, until nobody has answered for as long as it was to ring', async () => {
        const { legId } = await place(rig.callee('rings'), { ringSeconds: 1 })
        await reaches(legId, 'ringing')
        await reaches(legId, 'no_answer')
      })

      it.each([
        ['answers', 'answered'],
        ['hangsUp', 'completed'],
        ['busy', 'busy'],
        ['fails', 'failed'],
      ] as const)('to a number that %s comes to: %s', async (manner, status) => {
        const { legId } = await place(rig.callee(manner))
        await reaches(legId, status)
      })

      it('that never was has no status', async () => {
        expect(await rig.carrier.status('no-such-leg')).toBeUndefined()
      })

      it.each(['rings', 'answers'] as const)('to a number that %s is ended, and no other with it', async (manner) => {
        const { legId } = await place(rig.callee(manner))
        const other = await place(rig.callee('answers'))
        await reaches(legId, manner === 'rings' ? 'ringing' : 'answered')
        await reaches(other.legId, 'answered')
        await rig.carrier.end(legId)
        await rig.until(async () => endOf((await rig.carrier.status(legId))!) !== undefined)
        expect(['completed', 'canceled']).toContain(await rig.carrier.status(legId))
        expect(await rig.carrier.status(other.legId)).toBe('answered')
      })

      it('can be ended before it rings', async () => {
        const { legId } = await place(rig.callee('rings'))
        await rig.carrier.end(legId)
        await rig.until(async () => endOf((await rig.carrier.status(legId))!) !== undefined)
      })

      it('that is over, or never was, can be ended again: it stays as it is', async () => {
        const { legId } = await place(rig.callee('busy'))
        await reaches(legId, 'busy')
        await rig.carrier.end(legId)
        await rig.carrier.end(legId)
        await rig.carrier.end('no-such-leg')
        expect(await rig.carrier.status(legId)).toBe('busy')
      })
    })

    it('does not say that there is no leg while it cannot be reached, and names nobody', async () => {
      const to = rig.callee('rings')
      const { legId } = await place(to)
      const carrier = await rig.troubled('unsent')
      for (const work of [carrier.find({ to, from: rig.ours[0], since }), carrier.status(legId), carrier.end(legId)])
        expect(shown(await failureOf(work))).not.toContain(to.slice(-7))
    })
  })
}
