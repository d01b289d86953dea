import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino'
import { maskNumbersIn } from './mask.ts'
import { standardOutput } from '../cli/output.ts'

/** Settings of the log. */
export interface LogOptions {
  readonly level: string
  /** Values that must never be written, in any field. */
  readonly secrets: readonly string[]
  /** Development only: shows the fields under `pii`. */
  readonly showPersonalData?: boolean
  /** Where lines go; default: standard output, without blocking the process. */
  readonly stream?: DestinationStream
}

const CREDENTIALS = ['authorization', '*.authorization', '*.*.authorization']
/** A key of a person, of which the gateway knows only the hash. */
const KEY = /llc_[\w-]{43}/g
const PERSONAL = ['pii', '*.pii', '*.*.pii']

/**
 * The gateway's log: JSON lines with a static `msg`, ids as fields, personal data only under `pii`, which is redacted.
 *
 * Redaction by path depends on every log statement, so telephone numbers and secrets are also masked in the finished line.
 * There are lines per call and per problem, none per frame, so this does not disturb the audio.
 */
export const createLog = ({ level, secrets, showPersonalData = false, stream }: LogOptions): Logger => {
  const forbidden = secrets.filter((secret) => secret.length >= 6)
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: showPersonalData ? CREDENTIALS : [...CREDENTIALS, ...PERSONAL], censor: '[redacted]' },
      hooks: {
        streamWrite(line) {
          let clean = maskNumbersIn(line)
          for (const secret of forbidden) clean = clean.replaceAll(secret, '[secret]')
          return clean.replaceAll(KEY, '[key]')
        },
      },
    },
    stream ?? standardOutput,
  )
}
