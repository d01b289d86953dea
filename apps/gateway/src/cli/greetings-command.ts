import { parseArgs } from 'node:util'
import { asCalled } from '@llc-phone/files'
import { createAdminClient, REACHING, runCommand, UsageError } from './admin-client.ts'

const HELP = `Usage: ./phone greetings list
       ./phone greetings remove ID
       ./phone greetings remove all

The greetings that were recorded in calls, and are played from then on with no model in the way. Only greetings that any caller
hears in the same words are recorded. A removed one is spoken by the model in the next call, and recorded anew: what to do about a
recording that does not sound well.

Options:
${REACHING}

Examples:
  ./phone greetings list
  ./phone greetings remove all`

interface Listed {
  readonly id: string
  readonly mode: string
  readonly voice: string
  readonly model: string
  readonly text: string
  readonly durationMs: number
  readonly recordedAt: string
}

const lineOf = ({ id, mode, voice, model, text, durationMs, recordedAt }: Listed): string =>
  [id, mode, voice, `${(durationMs / 1_000).toFixed(1)} s`, `${recordedAt.slice(0, 10)} by ${model}`, text].join('  ')

runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, url: { type: 'string' } },
    allowPositionals: true,
  })
  if (values.help) return console.log(asCalled(HELP))
  const gateway = createAdminClient(values.url)
  const list = async () => ((await gateway.json({ path: '/greetings' })) as { greetings: Listed[] }).greetings
  const [command, which] = positionals
  if (command === 'list' && positionals.length === 1)
    return console.log((await list()).map(lineOf).join('\n') || 'No greeting is recorded yet.')
  if (command !== 'remove' || which === undefined || positionals.length !== 2) throw new UsageError(HELP)
  const ids = which === 'all' ? (await list()).map(({ id }) => id) : [which]
  for (const id of ids) {
    // oxlint-disable-next-line no-await-in-loop -- a failure names the one that it is about
    await gateway.json({ method: 'DELETE', path: `/greetings/${encodeURIComponent(id)}` })
    console.log(`${id}: removed; the model speaks this greeting in the next call.`)
  }
  if (ids.length === 0) console.log('No greeting is recorded yet.')
})
