import type { TestProject } from 'vitest/node'
import { startCluster } from './cluster.ts'

export { postgresPrograms } from './cluster.ts'

/** For `globalSetup` of vitest: one server for all tests of a project. */
export const setup = async (project: TestProject): Promise<() => Promise<void>> => {
  const cluster = await startCluster()
  project.provide('postgres', cluster.url('postgres'))
  return () => cluster.stop()
}
