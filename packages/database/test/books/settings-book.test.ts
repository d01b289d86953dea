import { expect, it } from 'vitest'
import { sql } from 'drizzle-orm'
import { KEPT_VERSIONS } from '@llc-phone/store-drizzle'
import { runQuery } from '@llc-phone/store-drizzle'
import { type SettingsBook } from '@llc-phone/store'
import { testDatabase, testStore } from '../../src/testing/test-database.ts'

const minute = (n: number): Date => new Date(Date.UTC(2026, 10, 30, 9, n))

const publish = (book: SettingsBook, name: string, after: number) =>
  book.publish({ document: { name }, by: 'ann', at: minute(after + 1), note: `because of ${name}`, after })

it('a version is kept with who, when and why, and the newest is in force after a restart', async () => {
  const database = await testDatabase()
  const before = await database.open()
  expect(await before.settings.newest()).toBeUndefined()
  await publish(before.settings, 'first', 0)
  await before.settings.publish({ document: { name: 'second' }, by: 'bob', at: minute(2), after: 1, restoredFrom: 1 })
  await before.close()

  const { settings } = await database.open()
  expect(await settings.newest()).toEqual({
    version: 2,
    document: { name: 'second' },
    publishedBy: 'bob',
    publishedAt: minute(2),
    restoredFrom: 1,
  })
  expect(await settings.find(1)).toMatchObject({ document: { name: 'first' }, note: 'because of first' })
  expect(await settings.find(3)).toBeUndefined()
  expect(await settings.list()).toEqual([
    { version: 2, publishedBy: 'bob', publishedAt: minute(2), restoredFrom: 1 },
    { version: 1, publishedBy: 'ann', publishedAt: minute(1), note: 'because of first' },
  ])
  expect(await settings.list({ before: 2, limit: 5 })).toMatchObject([{ version: 1 }])
})

it('the version that was in force at a moment is found', async () => {
  const { settings } = await testStore()
  await publish(settings, 'first', 0)
  await publish(settings, 'second', 1)
  expect(await settings.at(minute(0))).toBeUndefined()
  expect(await settings.at(minute(1))).toMatchObject({ version: 1 })
  expect(await settings.at(minute(30))).toMatchObject({ version: 2 })
})

it('of two people who publish after the same version, the second is refused and keeps the draft', async () => {
  const { settings } = await testStore()
  const draft = await settings.saveDraft({ document: { name: 'mine' }, by: 'bob', at: minute(0), revision: undefined })
  await publish(settings, 'theirs', 0)
  const late = { document: { name: 'mine' }, by: 'bob', at: minute(2), draft: draft!.revision }
  expect(await settings.publish({ ...late, after: 0 })).toBeUndefined()
  expect(await settings.draft()).toEqual(draft)
  expect(await settings.list()).toHaveLength(1)

  expect(await settings.publish({ ...late, after: 1 })).toMatchObject({ version: 2, document: { name: 'mine' } })
  expect(await settings.draft()).toBeUndefined()
})

it('a draft that somebody else has changed meanwhile is not overwritten', async () => {
  const { settings } = await testStore()
  const change = { by: 'ann', at: minute(1), baseVersion: 4, restoredFrom: 2 }
  const begun = await settings.saveDraft({ ...change, document: { n: 1 }, revision: undefined })
  expect(begun).toEqual({
    document: { n: 1 },
    baseVersion: 4,
    restoredFrom: 2,
    revision: minute(1).getTime(),
    updatedAt: minute(1),
    updatedBy: 'ann',
  })
  expect(await settings.saveDraft({ ...change, document: { n: 9 }, revision: undefined })).toBeUndefined()
  const changed = await settings.saveDraft({ ...change, by: 'bob', document: { n: 2 }, revision: begun!.revision })
  expect(changed).toMatchObject({ document: { n: 2 }, updatedBy: 'bob', revision: begun!.revision + 1 })
  expect(await settings.saveDraft({ ...change, document: { n: 9 }, revision: begun!.revision })).toBeUndefined()
  expect(await settings.draft()).toEqual(changed)

  expect(await settings.discardDraft(begun!.revision)).toBe(false)
  expect(await settings.discardDraft(changed!.revision)).toBe(true)
  expect(await settings.discardDraft()).toBe(false)
})

it('a draft never has the revision of one that was discarded', async () => {
  const { settings } = await testStore()
  const first = await settings.saveDraft({ document: 1, by: 'ann', at: minute(1), revision: undefined })
  await settings.discardDraft()
  await settings.saveDraft({ document: 2, by: 'bob', at: minute(2), revision: undefined })
  expect(await settings.saveDraft({ document: 3, by: 'ann', at: minute(3), revision: first!.revision })).toBeUndefined()
})

it('only so many versions are kept, the newest among them', async () => {
  const { settings, database } = await testStore()
  await publish(settings, 'first', 0)
  await runQuery(
    database.run(
      sql`WITH RECURSIVE n(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < ${KEPT_VERSIONS})
        INSERT INTO settings_versions (version, document, published_at, published_by) SELECT n, '{}', n, 'ann' FROM n`,
    ),
  )
  expect(await settings.find(1)).toBeDefined()
  await publish(settings, 'last', KEPT_VERSIONS)
  expect(await settings.find(1)).toBeUndefined()
  expect(await settings.list({ limit: 1_000 })).toHaveLength(KEPT_VERSIONS)
  expect(await settings.newest()).toMatchObject({ version: KEPT_VERSIONS + 1, document: { name: 'last' } })
})
