import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { asCalled } from '@llc-phone/files'
import { isOfCall, logLineText, parseLogLine } from '../processes/log-line.ts'
import { logFile, meantPort, runningOn } from '../processes/run-record.ts'
import { createAdminClient, Refused, REACHING, runCommand, UsageError } from './admin-client.ts'
import { storyText, type TextedCall } from './call-text.ts'

const HELP = `Usage: ./phone why CALL_ID [--log FILE]

Puts together what is known of a call: its story with its problems, why it failed and what to do, the last events of its log,
and the lines of the gateway's log about it. CALL_ID is ours or the carrier's.

Options:
  --log FILE  the gateway's log; default that of the running gateway, LOG_FILE, or data/llc-phone.log
${REACHING}

Examples:
  ./phone why 7f0c1c9e-4f0e-4f43-8f3b-0e6b0a9c9f11`

/** The last of each that are shown. */
const MAX_EVENTS = 15
const MAX_LINES = 50

interface Entry {
  readonly atMs: number
  readonly event: { readonly type: string }
  readonly does?: readonly string[]
  readonly phase?: string
}

const eventText = ({ atMs, event, does = [], phase }: Entry): string => {
  const parts = [
    `${(atMs / 1_000).toFixed(1).padStart(8)} s  ${event.type}`,
    does.join(', '),
    phase ? `now ${phase}` : '',
  ]
  return parts.filter((part) => part !== '').join('  ')
}

const linesOf = async (file: string, ids: readonly string[]): Promise<string[]> => {
  const found: string[] = []
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const line = parseLogLine(text)
    if (!line || !ids.some((id) => isOfCall(line, id))) continue
    found.push(logLineText(line))
    if (found.length > MAX_LINES) found.shift()
  }
  return found
}

runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' }, url: { type: 'string' }, log: { type: 'string' } },
    allowPositionals: true,
  })
  if (values.help) return console.log(asCalled(HELP))
  const [id, ...rest] = positionals
  if (id === undefined || rest.length > 0) throw new UsageError(HELP)
  const gateway = createAdminClient(values.url)
  const call = (await gateway.json({ path: `/calls/${encodeURIComponent(id)}` })) as TextedCall
  const log = gateway.json({ path: `/calls/${call.callId}/events` }) as Promise<{ readonly entries: readonly Entry[] }>
  const entries = await log.then(
    ({ entries: all }) => all.slice(-MAX_EVENTS).map(eventText),
    (error: unknown) => {
      if (error instanceof Refused) return [error.message]
      throw error
    },
  )
  const file = values.log ?? runningOn(meantPort())?.log ?? logFile()
  const ids = [call.callId, ...(call.callSid ? [call.callSid] : [])]
  const lines = existsSync(file)
    ? await linesOf(file, ids)
    : [`There is no log at ${file}. One that goes elsewhere is named with --log.`]
  console.log(
    [
      storyText(call),
      ...(call.why === undefined ? ['', 'Nothing says that it failed.'] : []),
      '',
      `The end of its log (./phone replay ${call.callId} shows all of it):`,
      ...entries,
      '',
      `The log of the gateway (${file}):`,
      ...(lines.length > 0 ? lines : ['There is nothing of it in there.']),
    ].join('\n'),
  )
})
