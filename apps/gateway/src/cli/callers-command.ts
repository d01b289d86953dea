import { parseArgs } from 'node:util'
import { asCalled } from '@llc-phone/files'
import { createAdminClient, REACHING, runCommand, UsageError } from './admin-client.ts'

const HELP = `Usage: ./phone callers show NUMBER
       ./phone callers forget NUMBER --yes

What is kept of a caller, and deleting all of it: calls with what was said, messages, notes, customer records with their
appointments, what is known of people we call, and what waits to be written. It cannot be undone. The do-not-call list keeps
the number, so that it goes on not being called. Backups and what was sent elsewhere are not reached. NUMBER is in E.164 form.

Options:
  --yes       deletes; without it forget says what would go
${REACHING}

Examples:
  ./phone callers show +14155550120
  ./phone callers forget +14155550120 --yes`

const WORDS: Readonly<Record<string, string>> = {
  calls: 'calls',
  live: 'calls that go on',
  messages: 'messages',
  notes: 'notes',
  customers: 'customer records',
  appointments: 'appointments',
  outboundCalls: 'entries of placed calls',
  contacts: 'contacts',
  waitingStories: 'stories that waited to be written',
  recordings: 'recordings',
}

const countsOf = (answer: unknown): string => {
  const parts = Object.entries(answer as Record<string, unknown>).flatMap(([name, count]) =>
    typeof count === 'number' && count > 0 && WORDS[name] !== undefined ? [`${WORDS[name]}: ${count}`] : [],
  )
  return parts.join(', ') || 'nothing'
}

runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      url: { type: 'string' },
      yes: { type: 'boolean' },
    },
    allowPositionals: true,
  })
  if (values.help) return console.log(asCalled(HELP))
  const [command, number, ...rest] = positionals
  if (number === undefined || rest.length > 0) throw new UsageError(HELP)
  const gateway = createAdminClient(values.url)
  const path = `/callers/${encodeURIComponent(number)}`
  if (command === 'show') return console.log(`Of ${number} are kept: ${countsOf(await gateway.json({ path }))}.`)
  if (command !== 'forget') throw new UsageError(HELP)
  if (!values.yes)
    throw new UsageError(`This would delete for good: ${countsOf(await gateway.json({ path }))}. Add --yes to do it.`)
  const answer = await gateway.json({ method: 'DELETE', path, timeoutMs: 600_000 })
  console.log(`Deleted: ${countsOf(answer)}. Backups made before still have it.`)
  if (!(answer as { scrubbed: boolean }).scrubbed)
    console.log('The log of the database could not be emptied just now, because another process reads it; it is soon.')
})
