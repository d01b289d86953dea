import { afterAll, beforeAll, expect, it } from 'vitest'
import { examine, type Finding } from '../src/doctor.ts'
import { parseEnv } from '../src/env.ts'
import { startWorld, type World } from './support/whole-call.ts'

let world: World
beforeAll(async () => {
  world = await startWorld({ dialect: 'flat' })
}, 30_000)
afterAll(() => world.close())

const look = async (changes: Record<string, string> = {}): Promise<Finding[]> => {
  const env = parseEnv({ ...world.variables, ...changes }, { mode: 'dev' })
  const findings: Finding[] = []
  for await (const finding of examine(env)) findings.push(finding)
  return findings
}
const outcomes = (findings: readonly Finding[]) =>
  Object.fromEntries(findings.map(({ name, outcome }) => [name, outcome]))

it('finds nothing wrong with a gateway that can take calls', async () => {
  const findings = await look()
  expect(findings.filter(({ outcome }) => outcome === 'failed')).toEqual([])
  expect(findings.find(({ name }) => name === 'model')?.detail).toContain('dialect flat')
})

it('tells a wrong key, a wrong account and a wrong origin apart', async () => {
  const findings = await look({
    OPENAI_API_KEY: 'sk-wrong',
    TWILIO_AUTH_TOKEN: 'f'.repeat(32),
    TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
  })
  expect(outcomes(findings)).toMatchObject({ database: 'ok', model: 'failed', twilio: 'failed', signature: 'failed' })
  expect(JSON.stringify(findings)).not.toMatch(/sk-wrong|ffffffff/)
})

it('says that nobody answers at the public URL', async () => {
  const findings = await look({ PUBLIC_URL: 'http://127.0.0.1:9' })
  expect(outcomes(findings)).toMatchObject({ 'public url': 'failed' })
})
