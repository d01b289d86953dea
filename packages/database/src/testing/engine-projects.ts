import { fileURLToPath } from 'node:url'
import { postgresPrograms } from '@llc-phone/store-postgres/testing/server'
import type { TestEngine } from './test-database.ts'

/**
 * Projects of vitest that run the same tests on every engine: all of `include` on SQLite, those of `onAll` on a real Postgres
 * too. Postgres in this process runs the contracts; where no server is installed it runs all that the server would, and that
 * is said once, or it fails if REQUIRE_POSTGRES is set.
 */
export const engineProjects = ({ include, onAll }: { readonly include: string[]; readonly onAll: string[] }) => {
  const project = (engine: TestEngine, files: string[], more: { readonly globalSetup?: string } = {}) => ({
    extends: true as const,
    test: { name: engine, include: files, provide: { engine }, ...more },
  })
  const isInstalled = postgresPrograms() !== undefined
  if (!isInstalled) {
    const message = 'No Postgres server is installed: initdb was not found.'
    if (process.env.REQUIRE_POSTGRES) throw new Error(`REQUIRE_POSTGRES is set. ${message}`)
    console.warn(`Not tried on a real Postgres. ${message}`)
  }
  const globalSetup = fileURLToPath(import.meta.resolve('@llc-phone/store-postgres/testing/server'))
  return [
    project('sqlite', include),
    project('pglite', isInstalled ? onAll.filter((file) => file.includes('contracts')) : onAll),
    ...(isInstalled ? [project('postgres', onAll, { globalSetup })] : []),
  ]
}
