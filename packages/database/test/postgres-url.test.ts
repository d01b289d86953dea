import { expect, it } from 'vitest'
import { passwordsOf, pgDumpCommand, postgresPlaceText, readPostgresUrl } from '@llc-phone/store'
import { exposureOf } from '../src/index.ts'

it('reads a server, a socket and an address of version 6', () => {
  expect(readPostgresUrl('postgres://llc:s%40fe@db.example.com:6543/calls?sslmode=verify-full')).toEqual({
    host: 'db.example.com',
    port: 6543,
    database: 'calls',
    user: 'llc',
  })
  expect(readPostgresUrl('postgresql://llc@/calls?host=%2Fvar%2Frun%2Fpostgresql')).toMatchObject({
    host: '/var/run/postgresql',
    port: 5432,
  })
  expect(readPostgresUrl('postgres:///calls?host=/tmp/pg&port=5433')).toMatchObject({ host: '/tmp/pg', port: 5433 })
  expect(postgresPlaceText('postgres://u:p@[::1]/calls')).toBe('the database calls at [::1]:5432')
})

it.each([
  ['postgres:///calls', 'names no host'],
  ['postgres://db.example.com', 'names no database'],
  ['postgres://llc:secret@db.example.com/', 'names no database'],
  ['postgres://llc:p#ss@db.example.com/calls', '%23'],
  ['postgres://llc:p%ss@db.example.com/calls', '%25'],
  ['postgres://llc:x@db.example.com:pg/calls', 'must be a URL'],
  ['postgres://llc:x@h/calls?port=none', 'port'],
])('says of %s what is wrong, without repeating it', (url, problem) => {
  const read = readPostgresUrl(url)
  expect(read).toContain(problem)
  expect(read).not.toContain('secret@')
})

it('knows a password as written and as it is', () => {
  expect(passwordsOf('postgres://llc:s%40fe@/calls?host=/tmp')).toEqual(['s%40fe', 's@fe'])
  expect(passwordsOf('postgres://llc@h/calls?password=hidden')).toEqual(['hidden'])
  expect(passwordsOf('postgres://llc@h/calls')).toEqual([])
})

it('names the command of a backup without the password', () => {
  expect(pgDumpCommand('postgres://llc:hidden@db.example.com/my calls', 'a b.dump')).toBe(
    "pg_dump --format=custom --file='a b.dump' --host=db.example.com --port=5432 --username=llc 'my calls'",
  )
})

it('warns of words that go over a network in the clear, unless somebody decided so', () => {
  expect(exposureOf('postgres://llc@db.example.com/calls')).toContain('without TLS')
  for (const url of [
    'postgres://llc@127.0.0.1/calls',
    'postgres://llc@localhost/calls',
    'postgres:///calls?host=/tmp',
    'postgres://llc@db.example.com/calls?sslmode=verify-full',
    'postgres://llc@db.example.com/calls?sslmode=disable',
  ])
    expect(exposureOf(url)).toBeUndefined()
})
