import { parseArgs } from 'node:util'
import { asCalled } from '@llc-phone/files'
import { createAdminClient, REACHING, runCommand, UsageError, type AdminClient } from './admin-client.ts'

const HELP = `Usage: ./phone phrases list
       ./phone phrases record [--voice VOICE] [--language LANGUAGE] [--again]

The sentences of our own that a caller hears when the model owes an answer and does not speak. Until a voice has recorded
them, callers hear the shipped one. The model server speaks them, for about a cent a voice with OpenAI, and they are played from
then on, without a restart.

Options:
  --voice VOICE        one voice; otherwise every one that calls are answered in
  --language LANGUAGE  one language; otherwise every one that the voice speaks on calls
  --again              also records what is recorded already
${REACHING}

Examples:
  ./phone phrases list
  ./phone phrases record --voice cedar --again`

interface Listed {
  readonly voice: string
  readonly language: string
  readonly key: string
  readonly text: string
  readonly durationMs: number
  readonly recorded?: { readonly at: string; readonly model: string }
}

interface Recorded {
  readonly voice: string
  readonly language: string
  readonly recorded: readonly string[]
  readonly failed: readonly { readonly key: string; readonly problem: string }[]
}

/** Time limit: connecting, two tries for each phrase, and another recording before it. */
const RECORDING_TIMEOUT_MS = 240_000

const lineOf = ({ voice, language, key, text, durationMs, recorded }: Listed): string =>
  [
    voice.padEnd(8),
    language.padEnd(5),
    key.padEnd(10),
    `${(durationMs / 1_000).toFixed(1)} s`,
    recorded ? `recorded ${recorded.at.slice(0, 10)} by ${recorded.model}` : 'shipped voice',
    text,
  ].join('  ')

const list = async (gateway: AdminClient): Promise<{ voices: string[]; phrases: Listed[] }> =>
  (await gateway.json({ path: '/phrases' })) as { voices: string[]; phrases: Listed[] }

interface Wanted {
  readonly voice: string
  readonly language?: string | undefined
}

/** The voices to record, each in its languages; a voice that is on no call in the gateway's default. */
const wanted = (
  { voices, phrases }: Awaited<ReturnType<typeof list>>,
  { voice, language }: Partial<Wanted>,
): Wanted[] =>
  (voice === undefined ? voices : [voice]).flatMap((each): Wanted[] => {
    if (language !== undefined) return [{ voice: each, language }]
    const spoken = [...new Set(phrases.filter((phrase) => phrase.voice === each).map((phrase) => phrase.language))]
    return spoken.length > 0 ? spoken.map((one) => ({ voice: each, language: one })) : [{ voice: each }]
  })

const report = ({ voice, language, recorded, failed }: Recorded): void => {
  const name = `${voice} (${language})`
  if (recorded.length > 0) console.log(`${name}: recorded ${recorded.join(', ')}.`)
  for (const { key, problem } of failed) console.log(`${name}: ${key} not recorded. ${problem}`)
  if (recorded.length + failed.length === 0) console.log(`${name}: everything is recorded; --again replaces it.`)
  if (failed.length > 0) process.exitCode = 1
}

runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      url: { type: 'string' },
      voice: { type: 'string' },
      language: { type: 'string' },
      again: { type: 'boolean' },
    },
    allowPositionals: true,
  })
  if (values.help) return console.log(asCalled(HELP))
  const [command] = positionals
  if (positionals.length !== 1 || (command !== 'list' && command !== 'record')) throw new UsageError(HELP)
  const gateway = createAdminClient(values.url)
  if (command === 'list') return console.log((await list(gateway)).phrases.map(lineOf).join('\n'))
  const { again } = values
  for (const { voice, language } of wanted(await list(gateway), values)) {
    const body = { voice, ...(language === undefined ? {} : { language }), ...(again ? { again } : {}) }
    // oxlint-disable-next-line no-await-in-loop -- the gateway records one voice at a time
    report(
      (await gateway.json({ method: 'POST', path: '/phrases', body, timeoutMs: RECORDING_TIMEOUT_MS })) as Recorded,
    )
  }
})
