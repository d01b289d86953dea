import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export const ADMIN_TOKEN = 'an-admin-token-for-tests'

/** The environment of a gateway that nobody rings: what it would talk to does not exist. */
export const QUIET_VARIABLES = {
  PORT: '0',
  HOST: '127.0.0.1',
  PUBLIC_URL: 'http://127.0.0.1:9',
  OPENAI_API_KEY: 'sk-for-tests',
  OPENAI_REALTIME_URL: 'ws://127.0.0.1:9',
  TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`,
  TWILIO_AUTH_TOKEN: '00112233445566778899aabbccddeeff',
  TWILIO_PHONE_NUMBER: '+14155550100',
  TWILIO_API_URL: 'http://127.0.0.1:9',
  DATABASE_URL: 'file::memory:',
  ADMIN_TOKEN,
}

/** Runs a command of `src/cli` as a process of its own, with nothing of this one's environment; `variables` say which gateway. */
export const runOperatorCommand = async (
  name: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
  cwd?: string,
): Promise<{ readonly exitCode: number; readonly output: string }> => {
  const file = fileURLToPath(new URL(`../../src/cli/${name}-command.ts`, import.meta.url))
  const env = { PATH: process.env.PATH, ADMIN_TOKEN, ...variables }
  const child = spawn(process.execPath, [file, ...args], { env, cwd })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [exitCode] = (await once(child, 'close')) as [number]
  return { exitCode, output }
}
