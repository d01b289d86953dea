import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DoNotCallList } from '../do-not-call.ts'
import { callee, numberOf } from './outbound-fixtures.ts'

/** A list under test, empty. */
export interface DoNotCallRig {
  readonly list: Pick<DoNotCallList, 'add' | 'remove' | 'find' | 'history'>
  close(): Promise<void>
}

const addedAt = expect.any(Date) as Date

/** The contract of the do-not-call list, as vitest tests; lists of the tests pass it as that in the database does. */
export const testDoNotCall = (name: string, open: () => Promise<DoNotCallRig>): void => {
  describe(`the do-not-call list "${name}"`, () => {
    let rig: DoNotCallRig
    let list: DoNotCallRig['list']
    beforeEach(async () => {
      rig = await open()
      list = rig.list
    })
    afterEach(() => rig.close())

    it('has a number with its reason and its call, and no other', async () => {
      const entry = { number: callee, reason: 'Asked for it', source: 'call', callId: 'call 1' } as const
      await list.add(entry)
      expect(await list.find(callee)).toEqual({ ...entry, addedAt })
      expect(await list.find(numberOf(1))).toBeUndefined()
    })

    it('keeps the first entry of a number that is listed again', async () => {
      await list.add({ number: callee, reason: 'first', source: 'api' })
      await list.add({ number: callee, source: 'cli' })
      const entry = { number: callee, reason: 'first', source: 'api', addedAt }
      expect(await list.find(callee)).toEqual(entry)
      expect(await list.history(callee)).toEqual([entry])
    })

    it('lets a number be called that was removed, and remembers who removed it when it is listed again', async () => {
      expect(await list.remove(callee, 'nobody')).toBe(false)
      const asked = { number: callee, source: 'call', callId: 'call 1' } as const
      await list.add(asked)
      expect(await list.remove(callee, 'anna@example.com')).toBe(true)
      expect(await list.remove(callee, 'again')).toBe(false)
      expect(await list.find(callee)).toBeUndefined()

      await list.add({ number: callee, source: 'cli' })
      const entry = { number: callee, source: 'cli', addedAt }
      expect(await list.find(callee)).toEqual(entry)
      expect(await list.history(callee)).toEqual([
        entry,
        { ...asked, addedAt, removedAt: expect.any(Date) as Date, removedBy: 'anna@example.com' },
      ])
    })
  })
}
