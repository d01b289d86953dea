import { sqliteKit, storeTables } from '@llc-phone/store-drizzle'
import { postgresKit } from '@llc-phone/store-postgres'
import { getTableColumns, getTableName, sql, type Table } from 'drizzle-orm'
import { expect, it } from 'vitest'
import { engineOfTest, testStore } from '../../src/testing/test-database.ts'

type Columns = Record<string, Record<string, string>>

const defined = (tables: Record<string, unknown>): Columns =>
  Object.fromEntries(
    Object.values(tables).map((table) => [
      getTableName(table as Table),
      Object.fromEntries(
        Object.values(getTableColumns(table as Table)).map((column) => [
          column.name,
          `${column.getSQLType()}${column.notNull ? ' NOT NULL' : ''}`,
        ]),
      ),
    ]),
  )

/** With generated columns, which `pragma_table_info` leaves out. */
const actual = async (): Promise<Columns> => {
  const { database } = await testStore()
  const rows = await database.all<[string, string, string, number | boolean, string]>(
    engineOfTest() === 'sqlite'
      ? sql`SELECT t.name, c.name, lower(c.type), c."notnull", '' FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS c WHERE t.type = 'table'`
      : sql`SELECT relname, attname, format_type(atttypid, atttypmod), attnotnull, coalesce(collname, '') FROM pg_attribute
          JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_collation ON pg_collation.oid = attcollation
          WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0`,
  )
  const columns: Columns = {}
  for (const [table, column, type, isNotNull, collation] of rows)
    (columns[table] ??= {})[column] = `${type}${collation === 'C' ? ' COLLATE "C"' : ''}${isNotNull ? ' NOT NULL' : ''}`
  return columns
}

it('the database has the tables and columns that the code knows, with their types', async () => {
  const have = await actual()
  const want = defined(storeTables(engineOfTest() === 'sqlite' ? sqliteKit : postgresKit))
  expect(Object.keys(want).length).toBeGreaterThan(25)
  for (const [table, columns] of Object.entries(want)) expect({ [table]: have[table] }).toEqual({ [table]: columns })
})

it('both engines have the same tables and columns', () => {
  const types: Record<string, readonly string[]> = {
    text: ['text COLLATE "C"', 'json'],
    integer: ['bigint', 'boolean'],
    real: ['double precision'],
    blob: ['bytea'],
  }
  const [ours, theirs] = [defined(storeTables(sqliteKit)), defined(storeTables(postgresKit))]
  expect(Object.keys(theirs)).toEqual(Object.keys(ours))
  for (const [table, columns] of Object.entries(ours)) {
    expect(Object.keys(theirs[table]!)).toEqual(Object.keys(columns))
    for (const [column, type] of Object.entries(columns)) {
      const [name = '', ...isNotNull] = type.split(' ')
      expect(
        types[name]!.map((each) => [each, ...isNotNull].join(' ')),
        `${table}.${column}`,
      ).toContain(theirs[table]![column])
    }
  }
})
