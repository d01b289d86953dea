import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { phraseKeys } from '@llc-phone/core'
import { shippedIn } from '@llc-phone/phrases'
import { openStore } from '@llc-phone/store'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
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

it('says which voices have recorded phrases, and that the voice of the calls has not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'llc-phone-doctor-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const DATABASE_URL = `file:${join(folder, 'a.db')}`
  const phrasesOf = async (voice: string) => {
    const env = parseEnv({ ...world.variables, DATABASE_URL, OPENAI_VOICE: voice }, { mode: 'dev' })
    for await (const finding of examine(env)) if (finding.name === 'phrases') return finding
    return undefined
  }
  expect(await phrasesOf('cedar')).toMatchObject({
    outcome: 'warning',
    detail: 'not recorded; cedar borrows the shipped voice until pnpm phrases record',
  })
  const store = await openStore({ url: DATABASE_URL })
  for (const key of phraseKeys) {
    const phrase = { key, voice: 'cedar', language: 'en', model: 'gpt-realtime-1.5', recordedAt: new Date(0) }
    await store.phrases.keep({ ...phrase, ...shippedIn('en')!.phrases[key] })
    await store.phrases.keep({ ...phrase, voice: 'ash', text: 'Words we say no more.', payload: '/w==' })
  }
  await store.close()
  expect(await phrasesOf('cedar')).toMatchObject({ outcome: 'ok', detail: 'recorded by cedar (en)' })
  expect(await phrasesOf('ash')).toMatchObject({
    outcome: 'warning',
    detail: expect.stringMatching(/^recorded by cedar \(en\); ash borrows/),
  })
})

it('says that nobody answers at the public URL', async () => {
  const findings = await look({ PUBLIC_URL: 'http://127.0.0.1:9' })
  expect(outcomes(findings)).toMatchObject({ 'public url': 'failed' })
})
