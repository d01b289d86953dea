import { fstatSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { HOME, isAlive, isOurs } from './process-facts.ts'

/** A gateway that runs on this machine, as it has said of itself. Times are ISO 8601. */
export interface RunRecord {
  readonly pid: number
  readonly port: number
  readonly version: string
  readonly startedAt: string
  readonly kind: 'start' | 'dev'
  /** The file its log goes to; absent when it goes to the standard output alone. */
  readonly log?: string
}

/** Where the log of a gateway in the background goes: `LOG_FILE`, or data/llc-phone.log. */
export const logFile = (): string => resolve(HOME, process.env.LOG_FILE?.trim() || 'data/llc-phone.log')

/** The port that is meant here: `PORT` or the usual one. */
export const meantPort = (): number => Number(process.env.PORT?.trim() || '8081')

const recordFile = (port: number): string => resolve(HOME, `data/llc-phone-${port}.json`)

/** Whether a file is what this process writes its standard output to, as of one that was started in the background. */
export const isOutput = (file: string): boolean => {
  const stats = statSync(file, { throwIfNoEntry: false })
  const output = fstatSync(1)
  return stats !== undefined && stats.ino === output.ino && stats.dev === output.dev
}

/** The version of this gateway. */
export const ownVersion = (): string => {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

/** Says that this process serves `port`, until it ends. A disk that takes no file is no reason not to answer calls. */
export const recordRun = (port: number, kind: RunRecord['kind'], log: string | undefined): void => {
  const file = recordFile(port)
  const startedAt = new Date().toISOString()
  const record: RunRecord = { pid: process.pid, port, version: ownVersion(), startedAt, kind, ...(log ? { log } : {}) }
  try {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, JSON.stringify(record), { mode: 0o600 })
  } catch {
    return
  }
  process.once('exit', () => {
    if (readRecord(port)?.pid === process.pid) rmSync(file, { force: true })
  })
}

const readRecord = (port: number): RunRecord | undefined => {
  try {
    return JSON.parse(readFileSync(recordFile(port), 'utf8')) as RunRecord
  } catch {
    return undefined
  }
}

/** The gateway that serves `port`; `undefined` when none does, also when one was killed and its record is left. */
export const runningOn = (port: number): RunRecord | undefined => {
  const record = readRecord(port)
  const isIt = process.platform === 'win32' ? isAlive : isOurs
  return record && isIt(record.pid) ? record : undefined
}
