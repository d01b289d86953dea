import { expect, it } from 'vitest'
import { hashOfKey } from '@llc-phone/store'
import { testStore } from '../../src/testing/test-database.ts'

it('a name belongs to one person, whatever its case, until that person is removed', async () => {
  const { people } = await testStore()
  const ann = await people.add('Ann', 'operator')
  expect(await people.add('ann', 'owner')).toBeUndefined()
  expect(await people.find('ANN')).toEqual(ann)
  expect(await people.find(ann!.id)).toEqual(ann)
  await people.remove(ann!.id)
  expect(await people.find('Ann')).toBeUndefined()
  expect(await people.add('ann', 'owner')).toMatchObject({ name: 'ann', role: 'owner' })
  expect(await people.list()).toHaveLength(1)
})

it('two who add the same name at once add one person', async () => {
  const { people } = await testStore()
  const added = await Promise.all(Array.from({ length: 8 }, () => people.add('Ann', 'viewer')))
  expect(added.filter((each) => each !== undefined)).toHaveLength(1)
})

it('a key opens with the role of its person until it is revoked, and is kept only as a hash', async () => {
  const { people, database } = await testStore()
  const ann = (await people.add('Ann', 'operator'))!
  const { key, id } = await people.issueKey(ann.id, 'laptop')
  expect(key).toMatch(/^llc_[\w-]{43}$/)
  expect(await people.keysInForce()).toEqual([{ keyId: id, hash: hashOfKey(key), person: ann }])
  await people.setRole(ann.id, 'manager')
  expect(await people.keysInForce()).toMatchObject([{ person: { role: 'manager' } }])
  const usedAt = new Date('2026-03-02T10:00:00Z')
  await people.used(id, usedAt)
  expect(await people.keys(ann.id)).toMatchObject([{ id, label: 'laptop', lastUsedAt: usedAt }])
  expect(JSON.stringify(await database.all('SELECT * FROM people_keys'))).not.toContain(key)
  expect(await people.revokeKey(id)).toMatchObject({ personId: ann.id })
  expect(await people.revokeKey(id)).toBeUndefined()
  expect(await people.keysInForce()).toEqual([])
  expect(await people.keys()).toMatchObject([{ revokedAt: expect.any(Date) as Date }])
})

it('whoever is removed opens nothing any more', async () => {
  const { people } = await testStore()
  const ann = (await people.add('Ann', 'owner'))!
  await people.issueKey(ann.id)
  await people.issueKey(ann.id)
  expect(await people.keysInForce()).toHaveLength(2)
  await people.remove(ann.id)
  expect(await people.keysInForce()).toEqual([])
  expect(await people.keys()).toEqual([])
})

it('the audit log is read from the latest on, by who, what, when and to what', async () => {
  const { audit } = await testStore()
  const begin = new Date()
  await audit.add({ who: 'Ann', action: 'call_ended', target: 'call_1', address: '127.0.0.1' })
  await audit.add({ who: 'Bob', action: 'number_moved', target: '+14155550101', details: { mode: 'menu' } })
  await audit.add({ who: 'Ann', action: 'number_moved', target: '+14155550102' })
  const all = await audit.list(10)
  expect(all.map(({ id, who }) => [id, who])).toEqual([
    [3, 'Ann'],
    [2, 'Bob'],
    [1, 'Ann'],
  ])
  expect(all[1]).toEqual({
    id: 2,
    at: expect.any(Date) as Date,
    who: 'Bob',
    action: 'number_moved',
    target: '+14155550101',
    details: { mode: 'menu' },
  })
  const idsOf = async (filter: Parameters<typeof audit.list>[1], limit = 10) =>
    (await audit.list(limit, filter)).map(({ id }) => id)
  expect(await idsOf({ who: 'Ann' })).toEqual([3, 1])
  expect(await idsOf({ action: 'number_moved' })).toEqual([3, 2])
  expect(await idsOf({ target: 'call_1' })).toEqual([1])
  expect(await idsOf({ before: 3 }, 1)).toEqual([2])
  expect(await idsOf({ to: begin })).toEqual([])
  expect(await idsOf({ from: begin })).toEqual([3, 2, 1])
})
