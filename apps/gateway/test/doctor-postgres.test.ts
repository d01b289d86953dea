import type { PostgresFacts } from '@llc-phone/database'
import { expect, it } from 'vitest'
import { judgeServer } from '../src/doctor/doctor-postgres.ts'

const good: PostgresFacts = {
  version: '15.14',
  isNew: false,
  sizeBytes: 1e8,
  isEncrypted: true,
  isReadOnly: false,
  mayCreate: true,
  syncs: true,
  commits: 'on',
  standbys: 1,
  synchronousStandbys: 1,
  connections: 20,
  mostConnections: 97,
  aheadMs: 12,
}

it('has nothing to say of a server that keeps what it confirms', () => {
  expect(judgeServer(good, 8)).toEqual([])
  expect(judgeServer({ ...good, standbys: 0, synchronousStandbys: 0 }, 8)).toEqual([])
  // A user without pg_monitor does not see it.
  expect(judgeServer({ ...good, synchronousStandbys: undefined }, 8)).toEqual([])
})

it.each<[Partial<PostgresFacts>, 'warning' | 'failed', string]>([
  [{ isReadOnly: true }, 'failed', 'only reads'],
  [{ mayCreate: false }, 'failed', 'may make no tables'],
  [{ syncs: false }, 'warning', 'fsync is off'],
  [{ commits: 'off' }, 'warning', 'synchronous_commit is off'],
  [{ synchronousStandbys: 0 }, 'warning', 'asynchronously'],
  [{ commits: 'local' }, 'warning', 'asynchronously'],
  [{ mostConnections: 10 }, 'warning', 'takes 10 connections'],
  [{ connections: 95 }, 'warning', '95 of 97'],
  [{ aheadMs: -9_000 }, 'warning', '9.0 s behind'],
])('%o: %s', (facts, outcome, detail) => {
  const [finding, ...others] = judgeServer({ ...good, ...facts }, 8)
  expect(others).toEqual([])
  expect(finding).toMatchObject({ outcome, action: expect.any(String) })
  expect(finding?.detail).toContain(detail)
})
