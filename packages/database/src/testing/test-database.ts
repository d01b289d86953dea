import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import type { EmptiedDatabase } from '@llc-phone/store-postgres/testing'
import { inject, onTestFinished } from 'vitest'
import { openStore } from '../open-store.ts'

/** The engines that tests run on: `pglite` is Postgres in this process. */
export type TestEngine = 'sqlite' | 'postgres' | 'pglite'

declare module 'vitest' {
  interface ProvidedContext {
    readonly engine: TestEngine
  }
}

/** The database of a test, empty at its beginning. */
export interface TestDatabase {
  /** Undefined where another process cannot open it. */
  readonly url?: string
  /** Another gateway's view of it, closed after the test at the latest. */
  open(): Promise<DrizzleStore>
}

/** The engine that this test runs on. */
export const engineOfTest = (): TestEngine => inject('engine')

const emptied = new Map<TestEngine, Promise<EmptiedDatabase>>()

const firstOf = async (engine: 'postgres' | 'pglite'): Promise<EmptiedDatabase> => {
  const { databaseInProcess, databaseOn } = await import('@llc-phone/store-postgres/testing')
  return engine === 'pglite' ? databaseInProcess() : databaseOn(inject('postgres'))
}

const emptiedOf = async (engine: 'postgres' | 'pglite'): Promise<EmptiedDatabase> => {
  const known = emptied.get(engine) ?? firstOf(engine)
  emptied.set(engine, known)
  const database = await known
  await database.empty()
  return database
}

const opened = async (opening: Promise<DrizzleStore>): Promise<DrizzleStore> => {
  const store = await opening
  let closed: Promise<void> | undefined
  const close = () => (closed ??= store.close())
  onTestFinished(close)
  return { ...store, close }
}

/** A database that several stores are opened on, one after the other or at once. */
export const testDatabase = async (): Promise<TestDatabase> => {
  const engine = engineOfTest()
  if (engine !== 'sqlite') {
    const database = await emptiedOf(engine)
    return { ...database, open: () => opened(database.open()) }
  }
  const folder = mkdtempSync(join(tmpdir(), 'llc-phone-books-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const url = `file:${join(folder, 'a.db')}`
  return { url, open: () => opened(openStore({ url })) }
}

/** A store of the test's own, closed after it. SQLite's is in memory. */
export const testStore = async (): Promise<DrizzleStore> =>
  engineOfTest() === 'sqlite' ? opened(openStore({ url: 'file::memory:' })) : (await testDatabase()).open()
