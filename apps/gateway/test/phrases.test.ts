import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultLanguage, phraseKeys, type RecordedPhrase } from '@llc-phone/core'
import { fakeClock, scriptedModel, settle } from '@llc-phone/core/testing'
import { shippedIn } from '@llc-phone/phrases'
import { createEar, createRealtimeServer, type RealtimeServer } from '@llc-phone/sim'
import { openStore } from '@llc-phone/database'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { parseEnv, secretsOf } from '../src/configuration/env.ts'
import { startGateway } from '../src/gateway.ts'
import { createLog } from '../src/watching/log.ts'
import { openPhrases } from '../src/configuration/phrases.ts'
import { ADMIN_TOKEN, QUIET_VARIABLES, runOperatorCommand } from './support/operator-command.ts'

const english = shippedIn('en')!.phrases
const texts = phraseKeys.map((key) => english[key].text)
const folder = mkdtempSync(join(tmpdir(), 'llc-phone-phrases-'))
/** The default voice, and the receptionist's. */
const VOICES = ['cedar', 'marin']

let model: RealtimeServer
beforeAll(async () => {
  model = await createRealtimeServer({
    apiKey: 'sk-for-tests',
    latency: { firstAudioMs: 20, audioSpeed: 40 },
  })
})
afterAll(async () => {
  await model.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A gateway as `pnpm start` has it, with the simulated model. */
const start = async (variables: Record<string, string> = {}) => {
  const env = parseEnv({ ...QUIET_VARIABLES, OPENAI_REALTIME_URL: model.url, ...variables }, { mode: 'start' })
  const lines: string[] = []
  const stream = { write: (line: string) => void lines.push(line) }
  const log = createLog({ level: 'info', secrets: secretsOf(env), stream })
  const gateway = await startGateway(env, { log, drainDeadlineMs: 0 })
  onTestFinished(() => gateway.stop())
  const phrases = async (order?: object) => {
    const response = await fetch(`http://127.0.0.1:${gateway.port}/phrases`, {
      ...(order ? { method: 'POST', body: JSON.stringify(order) } : {}),
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...(order ? { 'content-type': 'application/json' } : {}) },
    })
    return (await response.json()) as { phrases: { voice: string; recorded?: object }[] }
  }
  const command = (args: string[], PORT = String(gateway.port)) => runOperatorCommand('phrases', args, { PORT })
  return { gateway, phrases, command, logText: () => lines.join('') }
}

it('the shipped English phrases are understood as what they say', { timeout: 30_000 }, async () => {
  const ear = await createEar({ phrases: texts, voices: ['slt'] })
  onTestFinished(() => ear.close())
  for (const { text, payload } of Object.values(english))
    expect((await ear.hear(Buffer.from(payload, 'base64')))?.phrase).toBe(text)
})

describe('a gateway that starts', { timeout: 60_000 }, () => {
  it('has the voice of its calls record what it lacks, once and for all', async () => {
    const variables = { RECORD_PHRASES: 'on', DATABASE_URL: `file:${join(folder, 'kept.db')}` }
    const before = model.handshakes
    const first = await start(variables)
    // Waits for the recording under way, and finds nothing left to do.
    expect(await first.phrases({})).toEqual({ voice: 'cedar', language: 'en', recorded: [], failed: [] })
    expect((await first.phrases()).phrases).toEqual(
      VOICES.flatMap((voice) =>
        phraseKeys.map((key) => ({
          voice,
          language: 'en',
          key,
          text: english[key].text,
          durationMs: expect.any(Number),
          recorded: { at: expect.any(String), model: 'gpt-realtime-1.5' },
        })),
      ),
    )
    expect(first.logText()).toContain('"msg":"phrases recorded"')
    await first.gateway.stop()

    const store = await openStore({ url: variables.DATABASE_URL })
    const kept = await store.phrases.list()
    await store.close()
    const ear = await createEar({ phrases: texts, voices: ['slt'] })
    onTestFinished(() => ear.close())
    for (const { text, payload } of kept) expect((await ear.hear(Buffer.from(payload, 'base64')))?.phrase).toBe(text)
    expect(kept).toHaveLength(VOICES.length * phraseKeys.length)

    const second = await start(variables)
    await second.phrases({})
    expect((await second.phrases()).phrases.every(({ recorded }) => recorded)).toBe(true)
    expect(model.handshakes - before).toBe(VOICES.length)
    expect(model.violations).toEqual([])
  })

  it('speaks to a server that is not OpenAI only when told', async () => {
    const before = model.handshakes
    const { phrases } = await start()
    // A recording of its own would be in front of this one.
    await phrases({ voice: 'ash' })
    expect(model.handshakes - before).toBe(1)
  })

  it('records on an older server too, and loses only what was not said when the line breaks', async () => {
    const old = await createRealtimeServer({
      dialect: 'flat',
      latency: { firstAudioMs: 20, audioSpeed: 40 },
      // The second connection, the first having found out the dialect, breaks in the second phrase.
      faults: ({ index }) => (index === 1 ? { dropAfterDeltas: { deltas: 14, code: 1006 } } : {}),
    })
    onTestFinished(() => old.close())
    const { phrases } = await start({ OPENAI_REALTIME_URL: old.url })
    expect(await phrases({})).toMatchObject({
      recorded: ['oneMoment'],
      failed: [
        { key: 'stillHere', problem: 'The model connection was closed (code 1006).' },
        { key: 'sayAgain', problem: 'The model connection was closed (code 1006).' },
      ],
    })
    expect(await phrases({})).toMatchObject({ recorded: ['stillHere', 'sayAgain'], failed: [] })
    expect(old.violations).toEqual([])
  })

  it('answers calls with the shipped voice when its model refuses, and says so in the log', async () => {
    const { phrases, logText } = await start({ RECORD_PHRASES: 'on', OPENAI_API_KEY: 'sk-wrong' })
    const answer = await phrases({})
    expect(answer).toMatchObject({ recorded: [], failed: phraseKeys.map((key) => ({ key })) })
    expect((await phrases()).phrases.some(({ recorded }) => recorded)).toBe(false)
    expect(logText()).toContain('phrases not recorded')
    expect(logText()).not.toContain('sk-wrong')
  })

  it('lets an operator list and record phrases while it runs', async () => {
    const { command } = await start()
    const shipped = await command(['list'])
    expect(shipped).toMatchObject({ exitCode: 0 })
    expect(shipped.output).toMatch(/^cedar {5}en {5}oneMoment {3}1\.\d s {2}shipped voice {2}One moment, please\.$/m)
    expect(await command(['record'])).toEqual({
      exitCode: 0,
      output: VOICES.map((voice) => `${voice} (en): recorded oneMoment, stillHere, sayAgain.\n`).join(''),
    })
    expect((await command(['record', '--voice', 'cedar'])).output).toBe(
      'cedar (en): everything is recorded; --again replaces it.\n',
    )
    expect((await command(['record', '--again', '--voice', 'cedar'])).output).toContain(
      'cedar (en): recorded oneMoment, ',
    )
    expect((await command(['record', '--voice', 'ash', '--language', 'es-mx'])).output).toContain('ash (es-MX): ')
    const { output } = await command(['list'])
    expect(output).toMatch(/^cedar .* recorded \d{4}-\d\d-\d\d by gpt-realtime-1\.5 {2}One moment, please\.$/m)
    expect(output).not.toMatch(/^cedar .*shipped/m)
  })

  it('refuses what cannot be recorded with a sentence', async () => {
    const { command } = await start()
    const refused = [
      [['record', '--language', 'fr'], 'language: there are no phrases in this language. There are en, es.\n', 1],
      [['record', '--language', 'en_'], 'language must be a language tag, like en\n', 1],
      [['record', '--voice', ' '], 'voice must be the name of a voice\n', 1],
      [['record', '--loud'], "Unknown option '--loud'", 2],
      [['say'], 'Usage: ./phone phrases list\n', 2],
      [[], 'Usage: ./phone phrases list\n', 2],
    ] as const
    await Promise.all(
      refused.map(async ([args, message, exitCode]) =>
        expect([args, await command([...args])]).toEqual([
          args,
          { exitCode, output: expect.stringContaining(message) },
        ]),
      ),
    )
    expect(await command(['--help'])).toMatchObject({ exitCode: 0, output: expect.stringContaining('--again') })
    expect((await command(['list'], '54321')).output).toContain('There is no gateway at http://127.0.0.1:54321')
  })
})

const open = async (
  keep: (phrase: RecordedPhrase) => Promise<void> = async () => undefined,
  speakers = ['cedar', 'marin', 'cedar'].map((voice) => ({ voice, language: 'en' })),
) => {
  const provider = scriptedModel()
  const lines: string[] = []
  const log = createLog({ level: 'info', secrets: [], stream: { write: (line) => void lines.push(line) } })
  const phrases = await openPhrases({
    archive: { keep, list: async () => [] },
    provider,
    model: 'gpt-realtime-1.5',
    clock: fakeClock(),
    log,
    speakers: () => speakers,
  })
  const speakAll = async (words = english) => {
    const { emit, speak } = provider.latest
    emit({ type: 'configured' })
    for (const key of phraseKeys) {
      await settle()
      emit({ type: 'replyStarted' })
      speak(words[key].payload, key)
      emit({ type: 'transcript', speaker: 'assistant', itemId: key, text: words[key].text })
      emit({ type: 'replyEnded', outcome: 'completed' })
    }
    for (let turn = 0; turn < 5; turn++) await settle()
  }
  return { provider, phrases, speakAll, logText: () => lines.join('') }
}

describe('beside calls', () => {
  it('one voice is recorded after the other, and played as soon as it is kept', async () => {
    const kept: string[] = []
    const { provider, phrases, speakAll } = await open(async ({ voice }) => void kept.push(voice))
    const done = phrases.recordMissing()
    await settle()
    expect(provider.connections).toHaveLength(1)
    expect(phrases.book.find('oneMoment', 'cedar', defaultLanguage)).toBe(english.oneMoment)
    await speakAll()
    expect(phrases.book.find('oneMoment', 'cedar', defaultLanguage)).toMatchObject({ voice: 'cedar' })
    expect(provider.connections.map(({ closed }) => closed)).toEqual([true, false])
    await speakAll()
    await done
    expect(kept).toEqual([...phraseKeys.map(() => 'cedar'), ...phraseKeys.map(() => 'marin')])
    expect(provider.connections).toHaveLength(2)
  })

  it('a voice is recorded in every language it speaks, and in no other', async () => {
    const kept: string[] = []
    const speakers = [
      { voice: 'cedar', language: 'es' },
      { voice: 'marin', language: 'en' },
      { voice: 'marin', language: 'es' },
    ]
    const { phrases, speakAll } = await open(
      async ({ voice, language }) => void kept.push(`${voice} ${language}`),
      speakers,
    )
    const spanish = shippedIn('es')!.phrases
    const done = phrases.recordMissing()
    await settle()
    await speakAll(spanish)
    await speakAll()
    await speakAll(spanish)
    await done
    expect([...new Set(kept)]).toEqual(['cedar es', 'marin en', 'marin es'])
    expect(kept).toHaveLength(3 * phraseKeys.length)
    expect(phrases.book.find('stillHere', 'cedar', 'es')).toMatchObject({
      voice: 'cedar',
      text: spanish.stillHere.text,
    })
    expect(phrases.voices).toEqual(['cedar', 'marin'])
    expect([...new Set(phrases.list().map(({ voice, language }) => `${voice} ${language}`))]).toEqual([
      'cedar es',
      'marin en',
      'marin es',
    ])
  })

  it('a recording that cannot be kept is not played, and ends nothing', async () => {
    const { provider, phrases, speakAll, logText } = await open(async () => {
      throw new Error('the disk is full')
    })
    const done = phrases.recordMissing()
    await settle()
    await speakAll()
    await speakAll()
    await done
    expect(provider.connections).toHaveLength(2)
    expect(phrases.book.find('oneMoment', 'cedar', 'en')).toBe(english.oneMoment)
    expect(logText()).toContain('recorded phrases could not be kept')
  })

  it('a gateway that stops waits for no recording, and begins none', async () => {
    const { provider, phrases } = await open()
    const done = phrases.recordMissing()
    await settle()
    await phrases.stop()
    await done
    expect(provider.connections.map(({ closed }) => closed)).toEqual([true])
  })
})
