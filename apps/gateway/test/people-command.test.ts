import type { AddressInfo } from 'node:net'
import { systemClock } from '@llc-phone/core'
import { openStore } from '@llc-phone/store'
import { expect, it, onTestFinished } from 'vitest'
import { createAccess } from '../src/routes/access.ts'
import { createLog } from '../src/watching/log.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { ADMIN_TOKEN, PUBLIC_URL, testGateway } from './support/gateway.ts'
import { runOperatorCommand } from './support/operator-command.ts'

const start = async () => {
  const { people, sessions, audit, close } = await openStore({ url: 'file::memory:' })
  const log = createLog({ level: 'silent', secrets: [] })
  const access = createAccess({
    adminToken: ADMIN_TOKEN,
    people,
    sessions,
    audit,
    clock: systemClock,
    log,
    publicUrl: PUBLIC_URL,
  })
  const { app } = await testGateway(fakeRegistry().registry, { access, people, audit })
  await app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(async () => {
    await app.close()
    await close()
  })
  const { port } = app.server.address() as AddressInfo
  return (args: readonly string[], token = ADMIN_TOKEN) =>
    runOperatorCommand('people', args, { ADMIN_PORT: String(port), ADMIN_TOKEN: token })
}

it('an owner gives somebody a key, takes it back, and sees who did that', { timeout: 60_000 }, async () => {
  const people = await start()
  expect((await people(['list'])).output).toContain('There is nobody yet')
  expect(await people(['add', 'Ann Lee', 'boss'])).toEqual({
    exitCode: 1,
    output: 'role must be viewer, operator, manager or owner\n',
  })
  expect((await people(['add', 'Ann Lee', 'operator'])).output).toBe(
    'Ann Lee  operator\nNext, a key: ./phone people key "Ann Lee"\n',
  )
  const issued = await people(['key', 'Ann Lee', '--label', 'laptop'])
  const [key = '', told = ''] = issued.output.split('\n')
  expect(key).toMatch(/^llc_[\w-]{43}$/)
  const id = told.split(': ')[1]!

  expect(await people(['list'], key)).toEqual({
    exitCode: 1,
    output: 'This needs the role owner; Ann Lee has the role operator.\n',
  })
  expect((await people(['list'])).output).toMatch(
    new RegExp(`^Ann Lee  operator\n    key ${id}  laptop  since \\d{4}-\\d\\d-\\d\\d  last used .* UTC\n$`),
  )
  expect((await people(['revoke', id])).output).toBe(`${id}  of Ann Lee  revoked\n`)
  expect(await people(['audit'], key)).toMatchObject({ exitCode: 1, output: expect.stringContaining('nor a key of') })
  const audit = (await people(['audit', '--who', 'ADMIN_TOKEN'])).output
  expect(audit.split('\n').map((line) => line.split('  ')[2])).toEqual([
    'key_revoked',
    'key_issued',
    'person_added',
    undefined,
  ])
  expect(audit).not.toContain(key)
  expect(await people(['key'])).toMatchObject({ exitCode: 2, output: expect.stringContaining('Usage: ./phone people') })
})
