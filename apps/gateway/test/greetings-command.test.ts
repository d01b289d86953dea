import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { shippedIn } from '@llc-phone/phrases'
import { openStore } from '@llc-phone/store'
import { expect, it, onTestFinished } from 'vitest'
import { parseEnv, secretsOf } from '../src/configuration/env.ts'
import { startGateway } from '../src/gateway.ts'
import { createLog } from '../src/watching/log.ts'

const ADMIN_TOKEN = 'an-admin-token-for-tests'
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
  const env = parseEnv(
    {
      PORT: '0',
      HOST: '127.0.0.1',
      PUBLIC_URL: 'http://127.0.0.1:9',
      OPENAI_API_KEY: 'sk-for-tests',
      OPENAI_REALTIME_URL: 'ws://127.0.0.1:9',
      TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: '00112233445566778899aabbccddeeff',
      TWILIO_PHONE_NUMBER: '+14155550100',
      TWILIO_API_URL: 'http://127.0.0.1:9',
      DATABASE_URL,
      ADMIN_TOKEN,
    },
    { mode: 'start' },
  )
  const log = createLog({ level: 'silent', secrets: secretsOf(env) })
  const gateway = await startGateway(env, { log, drainDeadlineMs: 0 })
  onTestFinished(async () => {
    await gateway.stop()
    rmSync(folder, { recursive: true, force: true })
  })
  return async (...args: string[]) => {
    const file = fileURLToPath(new URL('../src/cli/greetings-command.ts', import.meta.url))
    const environment = { PATH: process.env.PATH, PORT: String(gateway.port), ADMIN_TOKEN }
    const child = spawn(process.execPath, [file, ...args], { env: environment })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    const [exitCode] = await once(child, 'close')
    return { exitCode: exitCode as number, output }
  }
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
