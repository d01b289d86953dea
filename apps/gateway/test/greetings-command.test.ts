import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { shippedIn } from '@llc-phone/phrases'
import { openStore } from '@llc-phone/database'
import { expect, it, onTestFinished } from 'vitest'
import { parseEnv, secretsOf } from '../src/configuration/env.ts'
import { startGateway } from '../src/gateway.ts'
import { createLog } from '../src/watching/log.ts'
import { QUIET_VARIABLES, runOperatorCommand } from './support/operator-command.ts'

const ID = '0123456789abcdef'

/** A gateway that has recorded one greeting in an earlier life. */
const start = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'greetings-'))
  const DATABASE_URL = `file:${join(folder, 'a.db')}`
  const store = await openStore({ url: DATABASE_URL })
  await store.greetings.keep({
    id: ID,
    mode: 'ivr',
    promptVersion: '0a1b2c3d4e5f',
    voice: 'cedar',
    model: 'gpt-realtime-1.5',
    text: 'Thank you for calling Harbor Dental.',
    payload: shippedIn('en')!.phrases.stillHere.payload,
    recordedAt: new Date('2026-03-02T09:00:00.000Z'),
  })
  await store.close()
  const env = parseEnv({ ...QUIET_VARIABLES, DATABASE_URL }, { mode: 'start' })
  const log = createLog({ level: 'silent', secrets: secretsOf(env) })
  const gateway = await startGateway(env, { log, drainDeadlineMs: 0 })
  onTestFinished(async () => {
    await gateway.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  return (...args: string[]) => runOperatorCommand('greetings', args, { PORT: String(gateway.port) })
}

it('an operator sees what is recorded, and removes it', { timeout: 60_000 }, async () => {
  const command = await start()
  expect(await command('list')).toEqual({
    exitCode: 0,
    output: expect.stringMatching(
      /^0123456789abcdef {2}ivr {2}cedar {2}\d\.\d s {2}2026-03-02 by gpt-realtime-1\.5 {2}Thank you for calling Harbor Dental\.\n$/,
    ),
  })
  expect(await command('remove', 'ffffffffffffffff')).toEqual({
    exitCode: 1,
    output: expect.stringContaining('There is no recorded greeting with this id.'),
  })
  expect(await command('remove', 'all')).toEqual({
    exitCode: 0,
    output: `${ID}: removed; the model speaks this greeting in the next call.\n`,
  })
  expect((await command('list')).output).toBe('No greeting is recorded yet.\n')
  expect((await command('remove', 'all')).output).toBe('No greeting is recorded yet.\n')
  expect(await command('remove')).toEqual({
    exitCode: 2,
    output: expect.stringContaining('Usage: ./phone greetings list'),
  })
})
