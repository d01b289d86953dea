import { defineConfig } from 'vitest/config'
import { postgresPrograms } from './src/testing/cluster.ts'

const isInstalled = postgresPrograms() !== undefined
if (!isInstalled) {
  const message = 'No Postgres server is installed: initdb was not found.'
  if (process.env.REQUIRE_POSTGRES) throw new Error(`REQUIRE_POSTGRES is set. ${message}`)
  console.warn(`Not tried on a real Postgres. ${message}`)
}

// No test changes a module that another one uses.
export default defineConfig({
  test: {
    maxWorkers: 2,
    isolate: false,
    passWithNoTests: true,
    ...(isInstalled ? { globalSetup: './src/testing/server-for-tests.ts' } : { include: [] }),
  },
})
