import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { parseEnv, secretsOf } from '../src/configuration/env.ts'
import { startGateway } from '../src/gateway.ts'
import { createLog } from '../src/watching/log.ts'
import { QUIET_VARIABLES, runOperatorCommand } from './support/operator-command.ts'

/** A gateway, the command that is tested, and a folder for its files. */
const start = async (variables: Record<string, string> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'))
  const env = parseEnv({ ...QUIET_VARIABLES, ...variables }, { mode: 'start' })
  const gateway = await startGateway(env, {
    log: createLog({ level: 'silent', secrets: secretsOf(env) }),
    drainDeadlineMs: 0,
    checkAnswers: true,
  })
  onTestFinished(async () => {
    await gateway.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  const settings = async (...args: string[]) => {
    const { exitCode, output } = await runOperatorCommand('settings', args, { PORT: String(gateway.port) }, folder)
    return [exitCode, output] as const
  }
  return { settings, folder, gateway }
}

it('a business is set from nothing by commands, checked, published, and an earlier version restored', async () => {
  const { settings, folder, gateway } = await start()
  const answeredBy = () => gateway.numbers.resolve(undefined)
  const begun = answeredBy().mode

  expect((await settings('templates'))[1]).toMatch(/^restaurant: /m)
  expect(await settings('new', 'restaurant')).toEqual([0, expect.stringMatching(/draft/)])
  expect(await settings('set', 'business.name', 'Casa Verde')).toEqual([0, expect.stringMatching(/draft/)])
  expect(await settings('get', 'business.name')).toEqual([0, 'Casa Verde\n'])
  const answer = '{ question: "Do you rent bicycles?", answer: "No, we only cook." }'
  expect((await settings('add', 'answers', answer))[0]).toBe(0)
  expect(await settings('diff')).toEqual([0, expect.stringContaining('Casa Verde')])
  expect(await settings('publish', '--note', 'opening day')).toEqual([
    0,
    expect.stringMatching(
      /^Published: version 1, published .* by ADMIN_TOKEN: opening day\. It holds from the next call on\.\n$/,
    ),
  ])
  expect(answeredBy()).toMatchObject({ origin: { settingsVersion: 1 } })
  expect(answeredBy().mode).not.toBe(begun)

  // What cannot be built takes no line down.
  const [, exported] = await settings('export', 'menu.yaml')
  expect(exported).toMatch(/^Written to menu\.yaml: in force: version 1/)
  const file = join(folder, 'menu.yaml')
  writeFileSync(file, readFileSync(file, 'utf8').replace(/kind: receptionist/, 'kind: receptionst'))
  expect(await settings('check', '--file', 'menu.yaml')).toEqual([
    1,
    expect.stringMatching(/line \d+, modes\.\w+\.kind: .*receptionist/),
  ])
  expect(await settings('publish', '--file', 'menu.yaml')).toEqual([1, expect.stringMatching(/modes\.\w+\.kind: /)])
  expect(answeredBy()).toMatchObject({ origin: { settingsVersion: 1 } })

  expect(await settings('restore', '0', '--publish')).toEqual([0, expect.stringMatching(/^Published: version 2/)])
  expect((await settings('list'))[1]).toMatch(/^VERSION .*\n2 .*version 0 again\n1 .*opening day\n$/)
}, 120_000)

it('settings of a file are shown and read again, and not changed by commands', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'settings.yaml')
  const written = (name: string) =>
    `business: { name: ${name}, timeZone: UTC }\nmodes: { desk: { kind: receptionist } }\nnumbers: { unknown: desk }\n`
  writeFileSync(file, written('Casa Verde'))
  const { settings, gateway } = await start({ SETTINGS: file })
  expect(await settings('show')).toEqual([
    0,
    expect.stringMatching(/^# in force: version 1 \(a file\)\n[^]*Casa Verde/),
  ])
  expect(await settings('set', 'business.name', 'Other')).toEqual([
    1,
    expect.stringContaining('The settings come from the file settings.yaml (SETTINGS) alone'),
  ])
  writeFileSync(file, written('Casa Azul'))
  expect((await settings('reload'))[0]).toBe(0)
  expect(gateway.numbers.resolve(undefined)).toMatchObject({ origin: { settingsVersion: 2 } })
  writeFileSync(file, written('[').slice(0, 30))
  expect(await settings('reload')).toEqual([1, expect.stringContaining('settings.yaml')])
  expect(gateway.numbers.resolve(undefined)).toMatchObject({ origin: { settingsVersion: 2 } })
}, 120_000)
