import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startOutboundRig, type OutboundRig } from './support/outbound-rig.ts'

let rig: OutboundRig
const folder = mkdtempSync(join(tmpdir(), 'llc-phone-cli-'))
beforeAll(async () => {
  rig = await startOutboundRig()
})
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await rig.close()
})

const command = async (
  name: 'dial' | 'do-not-call' | 'contacts',
  args: string[],
  variables: object = {},
  interruptAt?: RegExp,
) => {
  const { PORT, ADMIN_TOKEN } = rig.variables
  const file = fileURLToPath(new URL(`../src/cli/${name === 'dial' ? name : `${name}-command`}.ts`, import.meta.url))
  const child = spawn(process.execPath, [file, ...args], {
    env: { PATH: process.env.PATH, PORT, ADMIN_TOKEN, ...variables },
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    if (interruptAt?.test(output) && !child.killed) child.kill('SIGINT')
  })
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [exitCode] = await once(child, 'close')
  return { exitCode: exitCode as number, output }
}

const confirmation = ['--scenario', 'confirmation', '--context', 'appointmentDate=2099-03-10']

describe('pnpm dial', { timeout: 60_000 }, () => {
  it('follows a call to its end: its states, what is said, and how it ended', async () => {
    const to = '+14155550160'
    rig.callee(to, { outcome: 'answers', afterMs: 1_500, hangsUpAfterMs: 9_000 })
    const { exitCode, output } = await command('dial', [to, ...confirmation, '--context', 'appointmentTime=14:30'])
    expect([exitCode, output]).toEqual([0, expect.any(String)])
    expect(output).toMatch(
      /s {2}rings at \+1415•••0160\n.*s {2}picked up\n[^]*?s {2}assistant: .*Harbor Dental.*\n[^]*s {2}caller_hung_up, after \d+ s.*\(GET \/calls\/[\da-f-]{36}\)\n$/,
    )
    expect(output).not.toContain('4155550160')
    expect(rig.leg(to).from).toBe('+14155550100')
  })

  it('says who did not answer, and that nobody was reached', async () => {
    const to = '+14155550161'
    rig.callee(to, { outcome: 'busy' })
    const { exitCode, output } = await command('dial', [to])
    expect([exitCode, output]).toEqual([1, expect.stringMatching(/s {2}busy\W/)])
  })

  it('says that the call goes on when it is no longer followed', async () => {
    const to = '+14155550164'
    rig.callee(to, { outcome: 'no-answer' })
    const { exitCode, output } = await command('dial', [to], {}, /rings at/)
    expect([exitCode, output]).toEqual([
      130,
      expect.stringMatching(/\nThe call goes on\. POST \/calls\/[\da-f-]{36}\/hangup ends it\.\n$/),
    ])
  })

  it('says that the token is wrong', async () => {
    const { exitCode, output } = await command('dial', ['+14155550120'], { ADMIN_TOKEN: 'another-token-of-sorts' })
    expect([exitCode, output]).toEqual([
      1,
      expect.stringMatching(/^ADMIN_TOKEN is neither that of the gateway at http.* nor a key of somebody there.*\n$/),
    ])
  })

  it('never calls twice for one key', async () => {
    const to = '+14155550162'
    rig.callee(to, { outcome: 'no-answer' })
    const first = await command('dial', [to, '--no-follow', '--key', 'order-1'])
    const again = await command('dial', [to, '--no-follow', '--key', 'order-1'])
    const other = await command('dial', [to, '--no-follow', '--key', 'order-1', '--name', 'Ann'])
    const idOf = (output: string) => (JSON.parse(output) as { callId: string }).callId
    expect(idOf(again.output)).toBe(idOf(first.output))
    expect(other).toMatchObject({ exitCode: 1, output: expect.stringMatching(/^Not called: .*\(--key order-1\)\n$/) })
    expect(rig.legs(to)).toHaveLength(1)
  })

  it('says which gate is closed', async () => {
    const to = '+14155550163'
    const added = await command('do-not-call', ['add', to, '--reason', 'asked by letter'])
    expect(added).toMatchObject({
      exitCode: 0,
      output: expect.stringMatching(/^\+14155550163 .* cli {2}asked by letter\n$/),
    })
    const { exitCode, output } = await command('dial', [to])
    expect([exitCode, output]).toEqual([1, expect.stringContaining('Not called, the gate "do_not_call" is closed')])
    expect(rig.legs(to)).toEqual([])
  })

  it.concurrent.each([
    ['dial', ['14155550120'], 1, 'Not called: to is not in E.164 form. Did you mean +14155550120?'],
    ['dial', ['+14155550120', '--context', 'x'], 2, '--context x: write FIELD=VALUE'],
    ['dial', ['+14155550120', '--context-json', '[]'], 2, '--context-json is not a JSON object'],
    ['dial', ['+14155550120', ...confirmation], 1, 'context.appointmentTime'],
    ['dial', ['--loud'], 2, "Unknown option '--loud'. ./phone dial --help tells more."],
    ['do-not-call', ['import', '/nowhere.csv'], 1, '/nowhere.csv cannot be read (ENOENT)'],
    ['contacts', ['set-zone', '+14155550120', 'Mars/Base'], 1, 'is not an IANA time zone'],
    ['dial', ['+14155550120', '--url', '127.0.0.1:8081'], 2, '--url 127.0.0.1:8081: write it with http://'],
    [
      'dial',
      ['+14155550120', '--scenario', 'custom', '--context', 'instructions=Ask.'],
      1,
      './phone contacts consent NUMBER PURPOSE',
    ],
    ['contacts', ['consent', '+14155550120', 'informational'], 2, 'Add --source TEXT'],
    ['contacts', ['consent', '+14155550120', 'fun', '--source', 'form'], 2, 'Usage: ./phone contacts list'],
    ['contacts', ['revoke', '+14155550120', 'fun'], 2, 'Usage: ./phone contacts list'],
  ] as const)('./phone %s %j is answered with a sentence', async (name, args, code, message) => {
    const { exitCode, output } = await command(name, [...args])
    expect([exitCode, output]).toEqual([code, expect.stringContaining(message)])
    expect(output).not.toMatch(/\n\s+at /)
  })
})

describe('the lists', { timeout: 60_000 }, () => {
  it('imports, exports, lists and removes numbers that must not be called', async () => {
    const file = join(folder, 'list.csv')
    writeFileSync(file, 'number,reason\n+14155550170,asked\n4155550171,\n')
    const wrong = await command('do-not-call', ['import', file])
    expect(wrong).toMatchObject({ exitCode: 1, output: expect.stringContaining('Nothing was imported:\n  line 3: ') })
    writeFileSync(file, 'number,reason\n+14155550170,asked\n+14155550171,\n')
    expect((await command('do-not-call', ['import', file])).output).toBe('2 added, 0 on the list already.\n')
    expect((await command('do-not-call', ['export'])).output).toContain('+14155550170,asked,csv,')
    expect((await command('do-not-call', ['list'])).output).toMatch(/^\+14155550171 {2}\d{4}-\d\d-\d\d {2}csv$/m)
    expect((await command('do-not-call', ['remove', '+14155550171'])).output).toBe(
      '+14155550171 may be called again.\n',
    )
    expect((await command('do-not-call', ['remove', '+14155550171'])).exitCode).toBe(1)
  })

  it('keeps one consent when another is given or revoked', async () => {
    const number = '+14155550172'
    await command('contacts', ['set-zone', number, 'Europe/Berlin'])
    await command('contacts', ['consent', number, 'informational', '--source', 'form', '--given', '2026-01-02'])
    await command('contacts', ['consent', number, 'marketing', '--source', 'letter', '--expires', '2030-01-01'])
    const { output } = await command('contacts', ['revoke', number, 'marketing'])
    expect(output).toMatch(
      /^\+14155550172\n {2}time zone: Europe\/Berlin\n {2}consent: informational, given 2026-01-02 \(form\)\n {2}consent: marketing, .*, until 2030-01-01, revoked .*\n$/,
    )
    expect((await command('contacts', ['list'])).output).toContain(number)
    await command('contacts', ['remove', number])
    expect((await command('contacts', ['show', number])).exitCode).toBe(1)
  })
})

it.each(['dial', 'do-not-call', 'contacts'] as const)(
  'pnpm %s explains itself, and that there is no gateway',
  { timeout: 30_000 },
  async (name) => {
    const help = await command(name, ['--help'])
    expect(help).toMatchObject({ exitCode: 0, output: expect.stringContaining(`Usage: ./phone ${name} `) })
    const args = { dial: ['+14155550120'], 'do-not-call': ['list'], contacts: ['list'] }[name]
    const none = await command(name, args, { PORT: '54321' })
    expect(none).toMatchObject({
      exitCode: 3,
      output: 'There is no gateway at http://127.0.0.1:54321 (ECONNREFUSED). Start it, or give --url.\n',
    })
  },
)
