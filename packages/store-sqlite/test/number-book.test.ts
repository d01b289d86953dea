import type { E164 } from '@llc-phone/core'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { openSqliteStore } from '../src/index.ts'
import { tempFolder } from './fixtures/temp-folder.ts'

const first = '+14155550101' as E164
const second = '+14155550102' as E164

it('numbers are assigned, changed and removed, and who did it is known after a restart', async () => {
  const url = `file:${join(tempFolder(), 'a.db')}`
  const before = await openSqliteStore({ url })
  await before.numbers.set(second, 'menu', 'cli')
  await before.numbers.set(first, 'menu', 'cli')
  await before.numbers.set(first, 'frontDesk', 'admin')
  expect(await before.numbers.remove(second, 'admin')).toBe(true)
  expect(await before.numbers.remove(second, 'admin')).toBe(false)
  await before.close()

  const { numbers, close } = await openSqliteStore({ url })
  onTestFinished(close)
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
