import { beforeEach, describe, expect, it } from 'vitest'
import type { DoNotCallList } from '../do-not-call.ts'
import type { PlacingLedger, ReserveLimits } from '../outbound-call.ts'
import { at, callee, HOUR_MS, limits, numberOf, placed, wish } from './outbound-fixtures.ts'

/** A ledger under test, empty, and the list that it refuses the numbers of. */
export interface LedgerRig {
  readonly ledger: PlacingLedger
  readonly doNotCall: Pick<DoNotCallList, 'add' | 'remove'>
  close(): Promise<void>
}

/** The part of the outbound ledger's contract about what limits a call; `current` gives the ledger of the running test. */
export const testOutboundLimits = (current: () => LedgerRig): void => {
  let ledger: PlacingLedger
  let doNotCall: LedgerRig['doNotCall']
  beforeEach(() => {
    ;({ ledger, doNotCall } = current())
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

    it('may be dialled then, and asked for again, until it is over', async () => {
      await ledger.begin(wish('call 1'))
      expect(await ledger.noteDialling('call 1'), 'without a place').toBe(false)
      await ledger.reserve('call 1', limits())
      expect(await ledger.noteDialling('call 1')).toBe(true)
      expect(await ledger.noteDialling('call 1')).toBe(true)
      expect(await ledger.find('call 1')).toMatchObject({ state: 'dialling' })
      await ledger.change('call 1', { state: 'ended' })
      expect(await ledger.noteDialling('call 1')).toBe(false)
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
}
