import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { asCalled } from '@llc-phone/files'
import { createAdminClient, REACHING, runCommand, UsageError, type AdminClient } from './admin-client.ts'
import { headText, noticeText, storyText, type CallHead, type FedNotice, type TextedCall } from './call-text.ts'
import { readNotices } from './notices.ts'

const HELP = `Usage: ./phone calls list [FILTERS] [--limit N] [--json]
       ./phone calls show CALL_ID [--json]
       ./phone calls watch [CALL_ID]
       ./phone calls export [FILTERS] [--csv|--json] [--reveal]

Shows the calls of the gateway, live ones first. show tells one call as it was heard; watch follows what happens now, until
Ctrl-C; export writes all that the filters find to standard output. CALL_ID is ours or the carrier's.

Filters:
  --number NUMBER    the other side's number or ours: whole (+14155550199) or its last digits
  --instance NAME    calls that this mode instance answered
  --direction WHICH  inbound or outbound
  --outcome WORD     how it ended: caller_hung_up, transferred, fallback, …
  --problem CODE     calls with this problem; any for all with one
  --slower-than MS   the first words took longer
  --text WORDS       calls in which all these words were said; appoint* is the beginning of a word
  --since DATE       began then or later: 2026-11-30, 2026-11-30T14:00:00Z, or 2h, 3d for so long ago
  --until DATE       began before then
  --test YES|NO      only tests, or none
  --settings N       calls that this version of the settings answered

Options:
  --limit N    how many are listed; default 20
  --json       as JSON
  --csv        export as a table, which is the default
  --reveal     export with whole numbers; needs the role manager, and is noted in the audit log
${REACHING}

Examples:
  ./phone calls list --problem any --since 1d
  ./phone calls show 7f0c1c9e-4f0e-4f43-8f3b-0e6b0a9c9f11
  ./phone calls export --instance frontDesk --since 30d > calls.csv`

const FILTERS = {
  number: 'number',
  instance: 'instance',
  direction: 'direction',
  outcome: 'outcome',
  problem: 'problem',
  'slower-than': 'slowerThan',
  text: 'q',
  since: 'from',
  until: 'to',
  test: 'test',
  settings: 'settingsVersion',
} as const

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `3d` as the moment three days ago; anything else as it is. */
const momentOf = (text: string): string => {
  const [, count, unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? []
  return count === undefined ? text : new Date(Date.now() - Number(count) * UNITS_MS[unit]!).toISOString()
}

const YES_OR_NO: Readonly<Record<string, string>> = { yes: 'true', no: 'false', true: 'true', false: 'false' }

const queryOf = (values: Readonly<Record<string, unknown>>): URLSearchParams => {
  const query = new URLSearchParams()
  for (const [option, parameter] of Object.entries(FILTERS)) {
    const value = values[option]
    if (typeof value !== 'string') continue
    const isMoment = option === 'since' || option === 'until'
    query.set(
      parameter,
      isMoment ? momentOf(value) : option === 'test' ? (YES_OR_NO[value.toLowerCase()] ?? value) : value,
    )
  }
  return query
}

/** Longer than any export takes to begin, and than anybody watches. */
const STREAM_TIMEOUT_MS = 24 * 3_600_000

const watch = async (gateway: AdminClient, callId: string | undefined): Promise<void> => {
  const { body } = await gateway.send({ path: '/calls/events', timeoutMs: STREAM_TIMEOUT_MS })
  console.error('Watching; Ctrl-C ends it.')
  if (!body) return
  await readNotices<FedNotice & { readonly callSid?: string }>(body, (notice) => {
    if (callId !== undefined && notice.callId !== callId && notice.callSid !== callId) return
    const text = noticeText(notice)
    if (text !== undefined) console.log(`${new Date().toISOString()}  ${notice.callId}  ${text}`)
  })
  console.error('The gateway has ended the feed.')
}

runCommand(async () => {
  const text = { type: 'string' } as const
  const yes = { type: 'boolean' } as const
  const { values, positionals } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      url: text,
      ...(Object.fromEntries(Object.keys(FILTERS).map((name) => [name, text])) as Record<
        keyof typeof FILTERS,
        typeof text
      >),
      limit: text,
      json: yes,
      csv: yes,
      reveal: yes,
    },
    allowPositionals: true,
  })
  if (values.help) return console.log(asCalled(HELP))
  const [command, id, ...rest] = positionals
  const gateway = createAdminClient(values.url)
  const query = queryOf(values)
  if (command === 'list' && id === undefined) {
    query.set('limit', values.limit ?? '20')
    const page = (await gateway.json({ path: `/calls?${query}` })) as { calls: CallHead[]; next?: string }
    if (values.json) return console.log(JSON.stringify(page, undefined, 2))
    console.log(page.calls.map(headText).join('\n') || 'There is no such call.')
    return page.next === undefined ? undefined : console.error('There are more: --limit 1000 lists them.')
  }
  if (command === 'show' && id !== undefined && rest.length === 0) {
    const call = (await gateway.json({ path: `/calls/${encodeURIComponent(id)}` })) as TextedCall
    return console.log(values.json ? JSON.stringify(call, undefined, 2) : storyText(call))
  }
  if (command === 'watch' && rest.length === 0) return watch(gateway, id)
  if (command === 'export' && id === undefined) {
    if (values.csv && values.json) throw new UsageError('--csv and --json: choose one.')
    if (values.reveal) query.set('reveal', 'true')
    const path = `/calls.${values.json ? 'json' : 'csv'}?${query}`
    const { body } = await gateway.send({ path, timeoutMs: STREAM_TIMEOUT_MS })
    return body ? pipeline(body, process.stdout, { end: false }) : undefined
  }
  throw new UsageError(HELP)
})
