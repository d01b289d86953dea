import { open } from 'node:fs/promises'
import { parseLogLine, type LogLine } from '../processes/log-line.ts'
import { logFile, meantPort, runningOn } from '../processes/run-record.ts'
import { ok, warning, type Finding } from './finding.ts'

/** How much of the end of the log is read. */
const TAIL_BYTES = 262_144
const SHOWN = 3
const DAY_MS = 86_400_000

const GRAVE: ReadonlySet<string> = new Set(['error', 'fatal'])

const tailOf = async (path: string): Promise<string | undefined> => {
  const file = await open(path).catch(() => undefined)
  if (!file) return undefined
  try {
    const { size } = await file.stat()
    const length = Math.min(size, TAIL_BYTES)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/** Time, words and code alone: the other fields may be about callers. */
const shown = ({ time, msg, code }: LogLine): string =>
  `${time.slice(0, 19)}Z ${msg}${typeof code === 'string' ? ` (${code})` : ''}`

/** Where the log is, and the errors of the last day at its end. */
export const examineLog = async (now: Date, path = runningOn(meantPort())?.log ?? logFile()): Promise<Finding[]> => {
  const name = 'log'
  const text = await tailOf(path)
  if (text === undefined)
    return [
      ok(name, `there is none at ${path}; a gateway in the foreground or of a service logs to its standard output`),
    ]
  const errors = text
    .split('\n')
    .flatMap((each) => parseLogLine(each) ?? [])
    .filter(({ level, time }) => GRAVE.has(level) && now.getTime() - Date.parse(time) < DAY_MS)
  if (errors.length === 0) return [ok(name, `${path}, no error in the last 24 hours`)]
  const last = errors.slice(-SHOWN).map(shown).join('; ')
  return [
    warning(
      name,
      `${path}, ${errors.length} ${errors.length === 1 ? 'error' : 'errors'} in the last 24 hours, the last: ${last}`,
      './phone logs --problems shows them, ./phone why CALL_ID what became of a call.',
    ),
  ]
}
