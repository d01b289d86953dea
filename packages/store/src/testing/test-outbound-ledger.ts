import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PlacingLedger } from '../outbound-call.ts'
import type { OutboundState } from '../outbound-states.ts'
import { testOutboundLimits, type LedgerRig } from './test-outbound-limits.ts'
import { at, limits, wish } from './outbound-fixtures.ts'

/**
 * The contract of the outbound ledger, as vitest tests. The one in the database and the one in memory of the dialler's tests
 * both pass it.
 */
export const testOutboundLedger = (name: string, open: () => Promise<LedgerRig>): void => {
  describe(`the outbound ledger "${name}"`, { timeout: 20_000 }, () => {
    let rig: LedgerRig
    let ledger: PlacingLedger
    beforeEach(async () => {
      rig = await open()
      ;({ ledger } = rig)
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

    testOutboundLimits(() => rig)
  })
}
