import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CallOpening } from '../recorded-call.ts'
import type { FleetBook } from '../fleet-book.ts'

/** Books of two processes on one empty database. */
export interface FleetRig {
  readonly one: Omit<FleetBook, 'listen'>
  readonly other: Omit<FleetBook, 'listen'>
  /** Enters a call that `one` has opened without a claim. */
  begin(call: CallOpening): Promise<void>
  /** Changes what `numbers` is about. */
  changeNumbers(): Promise<void>
  close(): Promise<void>
}

const ready = { state: 'ready', active: 3, rated: 100, loopP99Ms: 1.5 } as const

/** The contract of the book of instances, as vitest tests. */
export const testFleetBook = (name: string, open: () => Promise<FleetRig>): void => {
  describe(`the book of instances "${name}"`, () => {
    let rig: FleetRig
    beforeEach(async () => {
      rig = await open()
    })
    afterEach(() => rig.close())

    it('has a row for each start, which reads those of the others as it writes its own', async () => {
      const { one, other } = rig
      const first = await one.beat({ id: 'a', version: '1', secretMark: 'abc' }, { ...ready, state: 'starting' })
      expect(first.instances).toMatchObject([{ id: 'a', bootId: one.bootId, state: 'starting', silentMs: 0 }])
      await one.beat({ id: 'a', version: '1' }, ready)
      const { instances } = await other.beat({ id: 'b', version: '2', address: 'https://b.example.com' }, ready)
      expect(instances.map(({ id }) => id)).toEqual(['a', 'b'])
      expect(instances[0]).toMatchObject({ bootId: one.bootId, version: '1', secretMark: 'abc', ...ready })
      expect(instances[0]!.silentMs).toBeLessThan(5_000)
      expect(instances[1]).toMatchObject({ bootId: other.bootId, address: 'https://b.example.com', silentMs: 0 })
      expect(instances[0]!.startedAt).toBeInstanceOf(Date)
      expect((await one.list()).map(({ id }) => id)).toEqual(['a', 'b'])
      await one.sweep()
      expect(await other.list()).toHaveLength(2)
    })

    it('tells of every change, also of two within a millisecond', async () => {
      const changedAt = async () => (await rig.other.beat({ id: 'b', version: '2' }, ready)).changes.get('numbers')
      expect(await changedAt()).toBeUndefined()
      await rig.changeNumbers()
      const first = (await changedAt())!
      await rig.changeNumbers()
      const second = (await changedAt())!
      await rig.changeNumbers()
      expect(second).toBeGreaterThan(first)
      expect(await changedAt()).toBeGreaterThan(second)
    })

    it('lets one process have a leg, whichever asks first, and names it to the others', async () => {
      const opening = (callId: string) => ({
        callId,
        legId: 'CA1',
        mode: 'ivr',
        direction: 'inbound' as const,
        dialled: '+14155550101',
        startedAt: '2026-03-02T09:00:00.000Z',
      })
      const both = await Promise.all([rig.other.claim(opening('call-b')), rig.one.claim(opening('call-a'))])
      const winner = both[0] ? 'call-a' : 'call-b'
      expect(both.filter((found) => found === undefined)).toHaveLength(1)
      expect(both.find((found) => found !== undefined)).toMatchObject({ callId: winner, epoch: 1 })
      expect(await rig.other.claim(opening('call-c'))).toMatchObject({ callId: winner })
      expect(await rig.one.ownerOf('CA1')).toBe(winner === 'call-b' ? 'b' : undefined)
    })

    it('names the latest call of a leg, where an earlier one was left', async () => {
      const opening = (callId: string, startedAt: string) => ({
        callId,
        legId: 'CA1',
        mode: 'ivr',
        direction: 'inbound' as const,
        dialled: '+14155550101',
        startedAt,
      })
      await rig.other.claim(opening('left', '2026-03-02T09:00:00.000Z'))
      await rig.begin(opening('live', '2026-03-02T09:00:03.000Z'))
      expect(await rig.other.claim(opening('third', '2026-03-02T09:00:06.000Z'))).toMatchObject({ callId: 'live' })
    })

    it('knows no owner of a call that nobody serves', async () => {
      expect(await rig.one.ownerOf('call-1')).toBeUndefined()
      expect(await rig.one.ownerOf('')).toBeUndefined()
    })
  })
}
