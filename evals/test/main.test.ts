import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRealtimeServer } from '@llc-phone/sim'
import { describe, expect, it } from 'vitest'
import { idealDialogue } from '../src/ideal.ts'
import { main } from '../src/main.ts'
import { situation } from './support.ts'

/** `pnpm eval` with these arguments and this environment. */
const evalWith = async (args: readonly string[], env: Record<string, string> = {}) => {
  const lines: string[] = []
  const code = await main(args, { env, print: (line) => void lines.push(line), signal: new AbortController().signal })
  return { code, text: lines.join('\n') }
}

describe('pnpm eval', () => {
  it('without a key asks nobody, says so and what there is instead, and is no failure', async () => {
    expect(await evalWith([])).toEqual({
      code: 0,
      text: 'OPENAI_API_KEY is not set, so no model was asked; pnpm eval --simulated plays the situations to the simulated one.',
    })
  })

  it('helps, and lists the situations', async () => {
    expect((await evalWith(['--help'])).text).toMatch(/^Usage: pnpm eval/)
    const { text } = await evalWith(['ivr', '--list'])
    expect(text.split('\n').length).toBeGreaterThanOrEqual(25)
    expect(text).not.toContain('csr-')
  })

  it.each([
    [['ivrr'], 'There is no mode "ivrr". Did you mean "ivr"?'],
    [['--only', 'ivr-robots'], 'There is no situation "ivr-robots". Did you mean "ivr-robot"?'],
    [['csr', '--only', 'ivr-robot'], 'None of ivr-robot is a situation of csr.'],
    [['--runs', 'three'], '--runs: "three" is not a whole number from 1 to 100. See pnpm eval --help.'],
    [['--max-usd', 'much'], '--max-usd: "much" is not an amount of dollars, like 5 or 0.50. See pnpm eval --help.'],
    [
      ['--url', 'https://x'],
      '--url: "https://x" is not the address of a Realtime server, like wss://api.openai.com/v1/realtime. See pnpm eval --help.',
    ],
    [['--dialect', 'latin'], '--dialect: "latin" is neither auto, ga nor flat. See pnpm eval --help.'],
    [
      ['--audio', '--only', 'ivr-spanish'],
      'ivr-spanish cannot be spoken: The voice of the caller speaks English only. Leave --audio out.',
    ],
  ])('%j is told what is wrong', async (args, message) => {
    await expect(evalWith(args, { OPENAI_API_KEY: 'sk' })).rejects.toMatchObject({ name: 'Error', message })
  })

  it.each([
    [
      ['--json', '/nowhere/at/all.json'],
      {},
      '--json: nothing can be written in /nowhere/at. Name a file in a folder that is there.',
    ],
    [['--json', '/tmp'], {}, '--json: /tmp is a folder. Name a file.'],
    [
      [],
      { OPENAI_REALTIME_URL: 'api.openai.com' },
      'OPENAI_REALTIME_URL: "api.openai.com" is not the address of a Realtime server, like wss://api.openai.com/v1/realtime. See pnpm eval --help.',
    ],
    [
      [],
      { OPENAI_REALTIME_DIALECT: 'latin' },
      'OPENAI_REALTIME_DIALECT: "latin" is neither auto, ga nor flat. See pnpm eval --help.',
    ],
  ])('%j with %j is told what is wrong before anything is paid for', async (args, env, message) => {
    const everything = { OPENAI_API_KEY: 'sk', OPENAI_REALTIME_URL: 'ws://127.0.0.1:9', ...env }
    await expect(evalWith(['--only', 'ivr-robot', ...args], everything)).rejects.toMatchObject({ message })
  })

  it('against the simulated model says plainly that no real one was asked', async () => {
    const { code, text } = await evalWith(['--simulated', '--only', 'ivr-synonym', '--only', 'ivr-robot'])
    expect(code).toBe(0)
    expect(text).toContain('Simulated: no real model has been asked.')
    expect(text).toMatch(/^Prompt versions: ivr [\w-]+$/m)
    expect(text).toContain('Situations: 2 passed, 0 failed, 0 open.')
    expect(text).toMatch(/Cost: nothing; as many tokens of gpt-realtime-1.5 would be about \$0\.0\d\d\./)
    expect(text).toMatch(/First words after \d+ ms \(p50\), \d+ ms \(p95\)\./)
  })

  it('with a key and an address asks that server, and writes what was said and done', async () => {
    const server = await createRealtimeServer({
      models: 'any',
      apiKey: 'sk-right',
      dialogues: [idealDialogue(situation('ivr-synonym'))],
    })
    const folder = mkdtempSync(join(tmpdir(), 'eval-'))
    const file = join(folder, 'report.json')
    const args = [
      '--only',
      'ivr-synonym',
      '--url',
      server.url,
      '--json',
      file,
      '--judge',
      'none',
      '--model',
      'm-of-nobody',
    ]
    const { code, text } = await evalWith(args, { OPENAI_API_KEY: 'sk-right' })
    expect(code).toBe(0)
    expect(text).not.toContain('Simulated')
    expect(text).not.toContain('no judge')
    expect(text).toMatch(
      /Cost: \$0\.\d+ of at most \$5\.00 \(m-of-nobody has no published price: the dearest known one was taken\)\./,
    )
    const report = JSON.parse(readFileSync(file, 'utf8')) as {
      situations: object[]
      calls: { id: string; call: string[] }[]
    }
    expect(report.situations).toEqual([
      expect.objectContaining({ id: 'ivr-synonym', status: 'passed', passed: 3, runs: 3 }),
    ])
    expect(report.calls).toHaveLength(3)
    expect(report.calls[0]!.call.join('\n')).toMatch(/refund[^]*transfer_call[^]*End of the call: transferred/)
    expect(server.violations).toEqual([])
    await server.close()
    rmSync(folder, { recursive: true })
  })

  it('with a wrong key leaves all open, and says why', async () => {
    const server = await createRealtimeServer({ models: 'any', apiKey: 'sk-right' })
    const { code, text } = await evalWith(['--only', 'ivr-robot', '--runs', '1', '--url', server.url], {
      OPENAI_API_KEY: 'sk-wrong',
    })
    expect(code).toBe(2)
    expect(text).toMatch(/OPEN +ivr-robot[^]*could not be run: The model was not to be had/)
    await server.close()
  })
})
