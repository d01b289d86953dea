import { expect, it } from 'vitest'
import { testStore } from '../../src/testing/test-database.ts'

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 10, minute))

it('a browser is signed in until it is removed, is too old, or others of the same key take its place', async () => {
  const { sessions, people } = await testStore()
  const ann = (await people.add('Ann', 'operator'))!
  const { id: keyId } = await people.issueKey(ann.id)
  const add = (id: string, minute: number, by: { keyId?: string; tokenHash?: string } = { keyId }) =>
    sessions.add(
      { id, hash: `hash of ${id}`, startedAt: at(minute), lastUsedAt: at(minute), ...by },
      { startedBefore: at(1), most: 2 },
    )
  await add('too old', 0, {})
  await add('token', 2, { tokenHash: 'x' })
  for (const minute of [3, 4, 5]) await add(`key ${minute}`, minute)
  expect((await sessions.list()).map(({ id }) => id)).toEqual(['key 5', 'key 4', 'token'])
  await sessions.used('token', at(9))
  await sessions.remove([])
  await sessions.remove(['key 5', 'nobody'])
  expect(await sessions.list()).toEqual([
    { id: 'token', hash: 'hash of token', tokenHash: 'x', startedAt: at(2), lastUsedAt: at(9) },
    { id: 'key 4', hash: 'hash of key 4', keyId, startedAt: at(4), lastUsedAt: at(4) },
  ])
})
