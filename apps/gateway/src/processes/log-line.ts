/** A line of the log, as pino writes it. */
export interface LogLine {
  readonly level: string
  readonly time: string
  readonly msg: string
  readonly [field: string]: unknown
}

const PROBLEMS: ReadonlySet<string> = new Set(['warn', 'error', 'fatal'])

/** The line, or `undefined` for one that is no JSON, as what a start that failed has said. */
export const parseLogLine = (text: string): LogLine | undefined => {
  if (!text.startsWith('{')) return undefined
  try {
    const line = JSON.parse(text) as Partial<LogLine>
    return typeof line.msg === 'string' && typeof line.level === 'string' ? (line as LogLine) : undefined
  } catch {
    return undefined
  }
}

/** Whether somebody should look at it. */
export const isProblem = (line: LogLine): boolean => PROBLEMS.has(line.level) || line.msg === 'call problem'

/** Whether it is about the call, by our id or the carrier's. */
export const isOfCall = (line: LogLine, id: string): boolean => Object.values(line).includes(id)

const valueText = (value: unknown): string => {
  if (typeof value !== 'string') return JSON.stringify(value)
  return /[\s"=]/.test(value) || value === '' ? JSON.stringify(value) : value
}

/** For example `12:00:01 warn   call problem  callId=… code=…`; the stack of an error follows in lines of its own. */
export const logLineText = ({ level, time, msg, ...fields }: LogLine): string => {
  const { stack, ...others } = fields
  const pairs = Object.entries(others).map(([name, value]) => `${name}=${valueText(value)}`)
  const clock = time.replace('T', ' ').replace(/\.\d+Z$/, 'Z')
  const head = [clock, level.padEnd(5), [msg, ...pairs].join('  ')].join('  ')
  return typeof stack === 'string' ? `${head}\n${stack.replaceAll(/^/gm, '    ')}` : head
}
