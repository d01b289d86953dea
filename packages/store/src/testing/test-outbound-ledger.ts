import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DoNotCallList } from '../books/do-not-call.ts'
import type { PlacingLedger, ReserveLimits } from '../books/outbound-call.ts'
import type { OutboundState } from '../books/outbound-states.ts'
import { at, callee, HOUR_MS, limits, numberOf, placed, wish } from './outbound-fixtures.ts'

/** A ledger under test, empty, and the list that it refuses the numbers of. */
export interface LedgerRig {
  readonly ledger: PlacingLedger
  readonly doNotCall: Pick<DoNotCallList, 'add' | 'remove'>
  close(): Promise<void>
}

/**
 * The contract of the outbound ledger, as vitest tests. The one in the database and the one in memory of the dialler's tests
 * both pass it.
 */
export const testOutboundLedger = (name: string, open: () => Promise<LedgerRig>): void => {
  describe(`the outbound ledger "${name}"`, { timeout: 20_000 }, () => {
    let rig: LedgerRig
    let ledger: PlacingLedger
    let doNotCall: LedgerRig['doNotCall']
    beforeEach(async () => {
      rig = await open()
      ;({ ledger, doNotCall } = rig)
    })
    afterEach(() => rig.close())

    /** A call that was told what happened to it, one after the other. */
    const told = async (...states: readonly OutboundState[]): Promise<OutboundState> => {
      const callId = states.join(' ')
      await ledger.begin(wish(callId))
      for (const state of states) await ledger.change(callId, { state })
      return (await ledger.find(callId))!.state
    }

    describe('a request', () => {
      it('is kept before anything is done for it, and its body is not', async () => {
        const request = wish('call 1', { idempotencyKey: 'key', requestHash: 'hash of the body' })
        expect(await ledger.begin(request)).toEqual({ outcome: 'new' })
        const { callId, to, from, mode, scenario, requestedAt } = request
        expect(await ledger.unfinished()).toEqual([
          { callId, to, from, mode, scenario, requestedAt, state: 'queued', seenAt: requestedAt },
        ])
      })

      it('that is repeated under its key gives the call as it is by now', async () => {
        await ledger.begin(wish('call 1', { idempotencyKey: 'key' }))
        await ledger.change('call 1', { state: 'refused', gate: 'frequency', until: at(20), problem: 'Too often.' })
        expect(
          await ledger.begin(wish('call 2', { idempotencyKey: 'key', requestedAt: new Date(at(36).getTime() - 1) })),
        ).toMatchObject({
          outcome: 'same',
          call: { callId: 'call 1', state: 'refused', gate: 'frequency', until: at(20), problem: 'Too often.' },
        })
        expect(await ledger.find('call 2')).toBeUndefined()
      })

      it('that is another one under the same key is a conflict, and nothing is kept of it', async () => {
        await ledger.begin(wish('call 1', { idempotencyKey: 'key' }))
        const other = wish('call 2', { idempotencyKey: 'key', requestHash: 'b' })
        expect(await ledger.begin(other)).toEqual({ outcome: 'conflict' })
        expect(await ledger.find('call 2')).toBeUndefined()
      })

      it('has its key for 24 hours; then another call takes it, and the old one stays', async () => {
        await ledger.begin(wish('call 1', { idempotencyKey: 'key' }))
        const next = wish('call 2', { idempotencyKey: 'key', requestHash: 'b', requestedAt: at(12 + 24) })
        expect(await ledger.begin(next)).toEqual({ outcome: 'new' })
        expect(await ledger.begin({ ...next, callId: 'call 3' })).toMatchObject({
          outcome: 'same',
          call: { callId: 'call 2' },
        })
        expect(await ledger.find('call 1')).toMatchObject({ callId: 'call 1' })
      })

      it('without a key is a call of its own, and the same call is not begun twice', async () => {
        expect(await ledger.begin(wish('call 1'))).toEqual({ outcome: 'new' })
        expect(await ledger.begin(wish('call 2'))).toEqual({ outcome: 'new' })
        expect(await ledger.begin(wish('call 2'))).toMatchObject({ outcome: 'same', call: { callId: 'call 2' } })
      })
    })

    describe('a call', () => {
      it('is found by our id and by the id of its leg, with all that became of it', async () => {
        await ledger.begin(wish('call 1'))
        await ledger.reserve('call 1', limits())
        await ledger.change('call 1', { state: 'ringing', legId: 'CA1' })
        await ledger.change('call 1', { state: 'answered', answeredAt: at(13), answeredBy: 'human' })
        await ledger.change('call 1', {
          state: 'ended',
          endedAt: at(14),
          disposition: 'caller_hung_up',
          costUsd: 0.25,
        })
        const { requestHash: _hash, webhook: _webhook, ...request } = wish('call 1')
        const call = {
          ...request,
          seenAt: request.requestedAt,
          state: 'ended',
          legId: 'CA1',
          dialledAt: at(12),
          answeredAt: at(13),
          endedAt: at(14),
          answeredBy: 'human',
          disposition: 'caller_hung_up',
          costUsd: 0.25,
        }
        expect(await ledger.find('call 1')).toEqual(call)
        expect(await ledger.findByLegId('CA1')).toEqual(call)
        expect(await ledger.findByLegId('CA2')).toBeUndefined()
        expect(await ledger.unfinished()).toEqual([])
      })

      it.each([
        ['ended', 'ringing', 'ended'],
        ['refused', 'dialling', 'refused'],
        ['failed', 'ended', 'failed'],
        ['ended', 'failed', 'ended'],
        ['answered', 'ringing', 'answered'],
        ['answered', 'unknown', 'answered'],
        ['ringing', 'dialling', 'ringing'],
        ['ringing', 'unknown', 'ringing'],
        ['unknown', 'dialling', 'unknown'],
        ['unknown', 'queued', 'unknown'],
        ['dialling', 'queued', 'queued'],
        ['dialling', 'unknown', 'unknown'],
        ['unknown', 'ringing', 'ringing'],
        ['unknown', 'answered', 'answered'],
        ['unknown', 'ended', 'ended'],
        ['unknown', 'failed', 'failed'],
        ['answered', 'ended', 'ended'],
      ] as const)('that is %s and then said to be %s is %s', async (first, then, result) => {
        expect(await told(first, then)).toBe(result)
      })

      it('keeps how it ended, whatever comes late', async () => {
        await ledger.begin(wish('call 1'))
        await ledger.change('call 1', { state: 'ended', endedAt: at(13), disposition: 'busy' })
        await ledger.change('call 1', { state: 'failed', endedAt: at(14), disposition: 'failed', problem: 'Lost.' })
        await ledger.change('call 1', { disposition: 'no_answer', problem: 'Lost.', gate: 'spend', until: at(15) })
        const call = await ledger.find('call 1')
        expect(call).toMatchObject({ state: 'ended', endedAt: at(13), disposition: 'busy' })
        expect(Object.keys(call!)).not.toContain('problem')
        expect(Object.keys(call!)).not.toContain('gate')
      })

      it('takes what is learned late when it was not known, and only then', async () => {
        await ledger.begin(wish('call 1'))
        await ledger.change('call 1', { state: 'ended', endedAt: at(13), legId: 'CA1' })
        await ledger.change('call 1', { state: 'answered', answeredAt: at(12.5), costUsd: 0.5, legId: 'CA2' })
        await ledger.change('call 1', { costUsd: 9, answeredAt: at(12.9) })
        expect(await ledger.find('call 1')).toMatchObject({
          state: 'ended',
          legId: 'CA1',
          answeredAt: at(12.5),
          costUsd: 0.5,
        })
      })

      it('has no problem any more once it turned out to be there', async () => {
        await ledger.begin(wish('call 1'))
        await ledger.change('call 1', { state: 'unknown', problem: 'Twilio did not answer.' })
        expect(await ledger.find('call 1')).toMatchObject({ problem: 'Twilio did not answer.' })
        await ledger.change('call 1', { state: 'ringing', legId: 'CA1' })
        expect(Object.keys((await ledger.find('call 1'))!)).not.toContain('problem')
        await ledger.change('call 1', { state: 'unknown', problem: 'Twilio did not answer.' })
        expect(Object.keys((await ledger.find('call 1'))!)).not.toContain('problem')
      })

      it('that is not known, or of which nothing is told, changes nothing', async () => {
        await ledger.begin(wish('call 1'))
        const before = await ledger.find('call 1')
        await ledger.change('call 1', {})
        await ledger.change('nobody', { state: 'ended' })
        expect(await ledger.find('call 1')).toEqual(before)
        expect(await ledger.find('nobody')).toBeUndefined()
      })

      it('stands among the unfinished until it is over, from the earliest', async () => {
        for (const hour of [2, 9, 5]) await ledger.begin(wish(`at ${hour}`, { requestedAt: at(hour) }))
        await ledger.change('at 5', { state: 'ended' })
        expect((await ledger.unfinished()).map(({ callId }) => callId)).toEqual(['at 2', 'at 9'])
      })

      it('knows when the process that is about it last said so', async () => {
        await ledger.begin(wish('call 1'))
        await ledger.begin(wish('call 2'))
        expect((await ledger.find('call 1'))!.seenAt).toEqual((await ledger.find('call 1'))!.requestedAt)
        await ledger.keepAlive(['call 1', 'nobody'], at(13))
        expect((await ledger.find('call 1'))!.seenAt).toEqual(at(13))
        expect((await ledger.find('call 2'))!.seenAt).not.toEqual(at(13))
      })
    })

    /** Reserves a new call. */
    const ask = async (callId: string, more: Partial<ReserveLimits> = {}, to = callee) => {
      await ledger.begin(wish(callId, { to }))
      return ledger.reserve(callId, limits(more))
    }

    describe('a call that gets its place', () => {
      it('is warming, and was dialled at the time it was given', async () => {
        expect(await ask('call 1')).toEqual({ granted: true })
        expect(await ledger.find('call 1')).toMatchObject({ state: 'warming', dialledAt: at(12) })
      })

      it('keeps it when it asks again', async () => {
        const strict = { perDayUsd: 1, frequency: [{ calls: 1, withinMs: HOUR_MS }] }
        expect(await ask('call 1', strict)).toEqual({ granted: true })
        expect(await ledger.reserve('call 1', limits(strict))).toEqual({ granted: true })
      })

      it.each(['ringing', 'ended', 'refused'] as const)('must not be %s', async (state) => {
        await ledger.begin(wish('call 1'))
        await ledger.change('call 1', { state })
        await expect(ledger.reserve('call 1', limits())).rejects.toMatchObject({ code: 'call_not_placed' })
        expect(await ledger.find('call 1')).not.toHaveProperty('dialledAt')
      })

      it('must have been asked for', async () => {
        await expect(ledger.reserve('nobody', limits())).rejects.toMatchObject({ code: 'call_not_placed' })
      })
    })

    describe('the do-not-call list', () => {
      it('refuses its numbers and no others, until they are removed', async () => {
        await doNotCall.add({ number: callee, source: 'api' })
        expect(await ask('call 1')).toEqual({ granted: false, gate: 'do_not_call' })
        expect(await ledger.find('call 1')).toMatchObject({ state: 'queued' })
        expect(await ask('call 2', {}, numberOf(1))).toEqual({ granted: true })
        await doNotCall.remove(callee, 'operator')
        expect(await ledger.reserve('call 1', limits())).toEqual({ granted: true })
      })
    })

    describe('a second call to a number', () => {
      it('is refused while the first has a place, and not for one that only waits', async () => {
        await ledger.begin(wish('waiting'))
        expect(await ask('call 1')).toEqual({ granted: true })
        for (const state of ['dialling', 'unknown', 'ringing', 'answered'] as const) {
          await ledger.change('call 1', { state })
          expect(await ledger.reserve('waiting', limits())).toEqual({ granted: false, gate: 'in_progress' })
        }
        expect(await ask('call 2', {}, numberOf(1))).toEqual({ granted: true })
        await ledger.change('call 1', { state: 'ended' })
        expect(await ledger.reserve('waiting', limits())).toEqual({ granted: true })
      })

      it('is not refused for ever because of one that nobody could find', async () => {
        await ask('call 1')
        await ledger.change('call 1', { state: 'unknown' })
        const later = (hours: number) => limits({ at: new Date(limits().at.getTime() + hours * HOUR_MS) })
        await ledger.begin(wish('waiting'))
        expect(await ledger.reserve('waiting', later(3))).toEqual({ granted: false, gate: 'in_progress' })
        expect(await ledger.reserve('waiting', later(5))).toEqual({ granted: true })
      })

      it('is refused however many ask at once', async () => {
        const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => ask(`call ${n}`)))
        expect(answers.filter(({ granted }) => granted)).toHaveLength(1)
        expect(answers.filter((answer) => !answer.granted && answer.gate === 'in_progress')).toHaveLength(19)
      })
    })

    describe('the frequency', () => {
      const threeADay = [{ calls: 3, withinMs: 24 * HOUR_MS }]

      it('refuses the call too many, until the oldest leaves the window', async () => {
        for (const hour of [2, 5, 9]) await placed(ledger, `at ${hour}`, { dialledAt: at(hour) })
        expect(await ask('call 1', { frequency: threeADay })).toEqual({
          granted: false,
          gate: 'frequency',
          until: at(2 + 24),
        })
        const justBefore = new Date(at(26).getTime() - 1)
        expect(await ledger.reserve('call 1', limits({ at: justBefore, frequency: threeADay }))).toMatchObject({
          until: at(26),
        })
        expect(await ledger.reserve('call 1', limits({ at: at(26), frequency: threeADay }))).toEqual({
          granted: true,
        })
      })

      it('of several limits is the strictest one', async () => {
        for (const hour of [2, 5, 9]) await placed(ledger, `at ${hour}`, { dialledAt: at(hour) })
        const frequency = [...threeADay, { calls: 2, withinMs: 100 * HOUR_MS }, { calls: 9, withinMs: 500 * HOUR_MS }]
        expect(await ask('call 1', { frequency })).toEqual({ granted: false, gate: 'frequency', until: at(105) })
      })

      it('says when there is room again although more calls were made than are allowed now', async () => {
        for (const hour of [1, 2, 5, 9]) await placed(ledger, `at ${hour}`, { dialledAt: at(hour) })
        expect(await ask('call 1', { frequency: [{ calls: 2, withinMs: 24 * HOUR_MS }] })).toMatchObject({
          until: at(29),
        })
      })

      it('counts busy and unanswered calls, but none that was not placed and none to others', async () => {
        for (const [callId, state] of [
          ['a', 'refused'],
          ['b', 'failed'],
        ] as const) {
          await ask(callId)
          await ledger.change(callId, { state })
        }
        await placed(ledger, 'other', { to: numberOf(1) })
        const oneADay = { at: at(13), frequency: [{ calls: 1, withinMs: 24 * HOUR_MS }] }
        expect(await ask('c', oneADay)).toEqual({ granted: true })
        await ledger.change('c', { state: 'ended', disposition: 'busy' })
        expect(await ask('d', { ...oneADay, at: at(14) })).toMatchObject({ gate: 'frequency', until: at(37) })
      })
    })

    describe('the daily spend', () => {
      it('is what calls have cost today and may cost yet; the day ends it', async () => {
        await placed(ledger, 'yesterday', { dialledAt: at(-1), costUsd: 100 })
        await placed(ledger, 'today', { dialledAt: at(1), costUsd: 4 })
        await ask('under way', { reserveUsd: 2, at: at(2) }, numberOf(1))
        const spend = { perDayUsd: 6, at: at(13) }
        expect(await ask('call 1', spend, numberOf(2))).toEqual({ granted: false, gate: 'spend', until: at(24) })
        expect(await ledger.reserve('call 1', limits({ ...spend, perDayUsd: 6.01 }))).toEqual({ granted: true })
      })

      it('counts what is known of a cost, the reserve of an answered call without one, and nothing for the rest', async () => {
        await placed(ledger, 'priced', { dialledAt: at(1), costUsd: 0.25, to: numberOf(1) })
        await placed(ledger, 'unpriced', { dialledAt: at(2), to: numberOf(2) })
        await placed(ledger, 'unanswered', { dialledAt: at(3), answered: false, to: numberOf(3) })
        await ask('failed', {}, numberOf(4))
        await ledger.change('failed', { state: 'failed' })
        expect(await ask('call 1', { perDayUsd: 1.25 })).toMatchObject({ gate: 'spend' })
        expect(await ledger.reserve('call 1', limits({ perDayUsd: 1.26 }))).toEqual({ granted: true })
      })

      it('counts a call that lasts since yesterday', async () => {
        await ask('long', { at: at(-1), reserveUsd: 3 }, numberOf(1))
        expect(await ask('call 1', { perDayUsd: 3 })).toMatchObject({ gate: 'spend' })
        await ledger.change('long', { state: 'ended', costUsd: 3 })
        expect(await ledger.reserve('call 1', limits({ perDayUsd: 3 }))).toEqual({ granted: true })
      })

      it('lets nothing through when nothing may be spent', async () => {
        expect(await ask('call 1', { perDayUsd: 0 })).toMatchObject({ gate: 'spend' })
      })
    })

    it('what stands in the way for good is named before what time opens', async () => {
      await placed(ledger, 'before', { costUsd: 9 })
      const strict = { at: at(13), perDayUsd: 1, frequency: [{ calls: 1, withinMs: HOUR_MS * 24 }] }
      expect(await ask('call 1', strict)).toMatchObject({ gate: 'frequency' })
      await doNotCall.add({ number: callee, source: 'api' })
      expect(await ledger.reserve('call 1', limits(strict))).toMatchObject({ gate: 'do_not_call' })
    })
  })
}
