import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readCallArguments } from '../src/cli/call-arguments.ts'
import { foresee, listPhrases } from '../src/cli/foresee.ts'

const answers: Record<string, unknown> = {
  '/numbers/%2B14155550101': { number: '+14155550101', mode: 'menu', source: 'settings' },
  '/numbers/%2B14155550102': { number: '+14155550102', mode: 'frontDesk', source: 'settings' },
  '/numbers/%2B14155550104': { number: '+14155550104', mode: 'pizza', source: 'settings' },
  '/settings': {
    document: { modes: { menu: { kind: 'ivr' }, frontDesk: { kind: 'receptionist' }, pizza: { kind: 'pizza' } } },
  },
}
const gateway = createServer((request, response) => {
  const answer = request.headers.authorization === 'Bearer development' ? answers[request.url ?? ''] : undefined
  response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? {}))
})
let env: Record<string, string>
beforeAll(async () => {
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve))
  env = { PORT: String((gateway.address() as AddressInfo).port), ADMIN_TOKEN: 'development' }
})
afterAll(() => void gateway.close())

const told = (...args: string[]) => foresee(env, readCallArguments(args))

test('lines that the mode behind the number does not understand are named, with what comes nearest', async () => {
  const said = [
    '--say',
    "I'd like to leave a message for Anna",
    '--say',
    'a message from the moon',
    '--interrupt',
    'xyz',
  ]
  expect(await told('--to', '+14155550102', ...said)).toEqual([
    'The simulated model will not understand "xyz".',
    './phone call --phrases receptionist lists what it understands.',
  ])
  expect(
    await told('--to', '+14155550101', '--say', 'where can I park my car', '--say', 'let us find a boat trip'),
  ).toEqual([
    'The simulated model will not understand "where can I park my car".',
    './phone call --phrases ivr lists what it understands.',
  ])
  expect(await told('--to', '+14155550102', '--say', 'the office of your uncle')).toEqual([
    'The simulated model will not understand "the office of your uncle" (nearest: "how do I find your office").',
    './phone call --phrases receptionist lists what it understands.',
  ])
})

test('a voice that it does not know is named', async () => {
  expect(await told('--to', '+14155550102', '--voice', 'kal', '--say', 'goodbye')).toEqual([
    'The simulated model knows the voice rms; kal it will hardly understand.',
  ])
})

test('nothing is said of a gateway that does not tell, of another one, and of a call without words', async () => {
  expect(await told('--to', '+14155550109', '--say', 'xyz')).toEqual([])
  expect(await told('--voice-url', 'http://127.0.0.1:1/in', '--say', 'xyz')).toEqual([])
  expect(await told('--dtmf', '1')).toEqual([])
})

test('a mode without a dialogue is named, until there is one in the folder of the environment', async () => {
  const call = ['--to', '+14155550104', '--say', 'one margherita']
  expect(await told(...call)).toEqual([expect.stringContaining('no dialogue for the mode "pizza"')])
  const folder = mkdtempSync(join(tmpdir(), 'dialogues-'))
  const sentences = { greeting: 'a', unheard: 'b', resumes: 'c', cannot: 'd', failed: 'e' }
  const exchanges = [{ hears: ['one margherita'], says: 'Gladly.' }]
  writeFileSync(join(folder, 'pizza.json'), JSON.stringify({ mode: 'pizza', tools: ['bake'], ...sentences, exchanges }))
  env = { ...env, SIM_DIALOGUES: folder }
  expect(await told(...call)).toEqual([])
  expect(await listPhrases(env, 'pizza')).toMatch(/^pizza\n {2}one margherita\n/)
  writeFileSync(join(folder, 'wrong.json'), '{"mode": 7}')
  await expect(listPhrases(env)).rejects.toThrow(/wrong\.json is no dialogue/)
  delete env.SIM_DIALOGUES
})

test('what is understood is listed: of a kind, of an instance, of all', async () => {
  const menu = await listPhrases(env, 'menu')
  expect(menu).toMatch(/^ivr\n {2}I have a question about my bill · key 3\n/)
  expect(await listPhrases(env, 'ivr')).toBe(menu)
  expect(await listPhrases(env)).toMatch(/^outbound\n[^]*\ncsr\n[^]*\nfallback\n/m)
  await expect(listPhrases(env, 'florist')).rejects.toThrow('There is no dialogue for a mode "florist"; there is ')
})
