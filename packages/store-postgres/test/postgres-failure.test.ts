import { expect, it } from 'vitest'
import { isAway, postgresError } from '../src/postgres-failure.ts'

const raised = (message: string, more: object = {}): Error => Object.assign(new Error(message), more)

it.each([
  [raised('password authentication failed for user "llc"', { code: '28P01' }), 'refuses the password'],
  [raised('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string'), 'refuses the password'],
  [raised('no pg_hba.conf entry for host "10.0.0.1", no encryption', { code: '28000' }), 'sslmode=verify-full'],
  [raised('connection is insecure (try using `sslmode=require`)', { code: '08P01' }), 'sslmode=verify-full'],
  [raised('role "llc" does not exist', { code: '28000' }), 'pg_hba.conf'],
  [raised('The server does not support SSL connections'), 'offers no TLS'],
  [raised('self-signed certificate', { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), 'sslrootcert'],
  [raised('no such file', { code: 'ENOENT', syscall: 'open' }), 'sslrootcert'],
  [raised('connect ENOENT', { code: 'ENOENT', syscall: 'connect' }), 'cannot be reached'],
  [raised('unsupported startup parameter: statement_timeout', { code: '08P01' }), 'ignore_startup_parameters'],
  [raised('database "calls" does not exist', { code: '3D000' }), 'no database of this name'],
  [raised('permission denied for schema public', { code: '42501' }), 'may not do this'],
  [raised('no schema has been selected to create in', { code: '3F000' }), 'no schema'],
  [raised('cannot execute INSERT in a read-only transaction', { code: '25006' }), 'only reads'],
  [raised('could not extend file: No space left on device', { code: '53100' }), 'disk of Postgres is full'],
  [raised('sorry, too many clients already', { code: '53300' }), 'max_connections'],
  [raised('the database system is starting up', { code: '57P03' }), 'starting'],
  [raised('timeout exceeded when trying to connect'), 'connections of this instance to Postgres are in use'],
  [raised('Connection terminated due to connection timeout'), 'cannot be reached'],
  [raised('connect ECONNREFUSED', { code: 'ECONNREFUSED' }), 'cannot be reached'],
])('%s', (error, remedy) => {
  const told = postgresError(error)
  expect(told.code).toBe('database_failed')
  expect(told.message).toContain(remedy)
  expect(isAway(told.cause)).toBe(true)
})

it('repeats nothing that a statement had in it', () => {
  const told = postgresError(raised('duplicate key: (+14155550142)', { code: '23505' }))
  expect(`${told.message} ${String(told.cause)}`).not.toContain('4155550142')
  expect(isAway(told.cause)).toBe(false)
})
