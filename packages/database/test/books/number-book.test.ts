import type { E164 } from '@llc-phone/core'
import { expect, it } from 'vitest'
import { testDatabase } from '../../src/testing/test-database.ts'

const first = '+14155550101' as E164
const second = '+14155550102' as E164

it('numbers are assigned, changed and removed, and who did it is known after a restart', async () => {
  const database = await testDatabase()
  const before = await database.open()
  await before.numbers.set(second, 'menu', 'cli')
  await before.numbers.set(first, 'menu', 'cli')
  await before.numbers.set(first, 'frontDesk', 'admin')
  expect(await before.numbers.remove(second, 'admin')).toBe(true)
  expect(await before.numbers.remove(second, 'admin')).toBe(false)
  await before.close()

  const { numbers } = await database.open()
  expect(await numbers.list()).toEqual([
    { number: first, mode: 'frontDesk', setBy: 'admin', setAt: expect.any(Date) as Date },
  ])
  const changedAt = expect.any(Date) as Date
  expect(await numbers.history(10)).toEqual([
    { number: second, mode: null, previousMode: 'menu', changedBy: 'admin', changedAt },
    { number: first, mode: 'frontDesk', previousMode: 'menu', changedBy: 'admin', changedAt },
    { number: first, mode: 'menu', previousMode: null, changedBy: 'cli', changedAt },
    { number: second, mode: 'menu', previousMode: null, changedBy: 'cli', changedAt },
  ])
  expect(await numbers.history(1)).toHaveLength(1)
})
