import { createReadStream, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { asCalled } from '@llc-phone/files'
import { loadDotEnv } from '../configuration/env.ts'
import { isOfCall, isProblem, logLineText, parseLogLine } from '../processes/log-line.ts'
import { logFile, meantPort, runningOn } from '../processes/run-record.ts'
import { CommandFailed, runCommand, UsageError } from './admin-client.ts'

const HELP = `Usage: ./phone logs [FILE|-] [--call ID] [--problems] [--follow] [--lines N] [--json]

Shows the log of the gateway as lines to be read: that of ./phone dev and of ./phone start --background is
data/llc-phone.log, or LOG_FILE. One that runs in the foreground or as a service logs to its standard output: pipe that in, with
- for the file.

Options:
  --call ID    only what is about this call, by our id or the carrier's
  --problems   only warnings and errors, and problems of calls
  --follow     goes on with what is written from now on, until Ctrl-C
  --lines N    how many of the last lines; default 100, and all with --call
  --json       the lines as they are in the file
  --help       shows this

Examples:
  ./phone logs --problems
  ./phone logs --call 7f0c1c9e-4f0e-4f43-8f3b-0e6b0a9c9f11
  journalctl -u llc-phone -o cat | ./phone logs -`

/** At most so much of the end of a file is read: some 300,000 lines. */
const READ_BYTES = 64 * 1_048_576
const LOOK_AGAIN_MS = 300

const sizeOf = (file: string): number => {
  const stats = statSync(file, { throwIfNoEntry: false })
  if (!stats?.isFile())
    throw new CommandFailed(
      `There is no log at ${file}. ./phone dev and ./phone start --background write one; of others name the file, or pipe it in with -.`,
    )
  return stats.size
}

runCommand(async () => {
  const { values, positionals } = parseArgs({
    options: {
      help: { type: 'boolean', short: 'h' },
      call: { type: 'string' },
      problems: { type: 'boolean' },
      follow: { type: 'boolean', short: 'f' },
      lines: { type: 'string' },
      json: { type: 'boolean' },
    },
    allowPositionals: true,
  })
  if (values.help) return console.log(asCalled(HELP))
  const { call, problems = false, follow = false, lines, json = false } = values
  if (positionals.length > 1) throw new UsageError('Name one file at most. ./phone logs --help tells more.')
  if (lines !== undefined && !/^\d{1,6}$/.test(lines))
    throw new UsageError(`--lines ${lines}: write a number, like 500.`)
  loadDotEnv()
  const shown = (text: string): string | undefined => {
    const line = parseLogLine(text)
    if (call !== undefined && !(line && isOfCall(line, call))) return undefined
    if (problems && line && !isProblem(line)) return undefined
    return json || !line ? text : logLineText(line)
  }
  const read = async (input: Readable, take: (line: string) => void): Promise<void> => {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      const line = text === '' ? undefined : shown(text)
      if (line !== undefined) take(line)
    }
  }
  const print = (line: string): void => console.log(line)
  const [name] = positionals
  if (name === '-') return read(process.stdin, print)
  const file = name ?? runningOn(meantPort())?.log ?? logFile()
  let end = sizeOf(file)
  const last: string[] = []
  const most = lines === undefined ? (call === undefined ? 100 : Number.POSITIVE_INFINITY) : Number(lines)
  if (end > 0)
    await read(createReadStream(file, { start: Math.max(0, end - READ_BYTES), end: end - 1 }), (line) => {
      last.push(line)
      if (last.length > most) last.shift()
    })
  for (const line of last) print(line)
  if (last.length === 0 && !follow) console.error('There is nothing of it in the log.')
  if (!follow) return undefined
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- looks again
    await sleep(LOOK_AGAIN_MS)
    const size = sizeOf(file)
    // Begun anew, by a program that rotates logs.
    if (size < end) end = 0
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (size > end) await read(createReadStream(file, { start: end, end: size - 1 }), print)
    end = size
  }
})
