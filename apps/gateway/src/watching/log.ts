import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino'
import { maskNumbersIn } from './mask.ts'
import { standardOutput } from '../cli/output.ts'

/** What the log is told about the environment. */
export interface LogOptions {
  readonly level: string
  /** Values that must never be written, wherever they turn up. */
  readonly secrets: readonly string[]
  /** Development only: shows what stands under `pii`. */
  readonly showPersonalData?: boolean
  /** Where lines go; standard output, which never holds the process up, when absent. */
  readonly stream?: DestinationStream
}

const CREDENTIALS = ['authorization', '*.authorization', '*.*.authorization']
const PERSONAL = ['pii', '*.pii', '*.*.pii']

/**
 * The gateway's log: JSON lines with a static `msg`, ids as fields, personal data only under `pii`, which is redacted.
 *
 * Redaction by path depends on everybody's discipline; so the finished line is also swept for telephone numbers and for the
 * secrets themselves. Lines are per call and per problem, never per frame, so the sweep costs nothing that can be heard.
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
          return clean
        },
      },
    },
    stream ?? standardOutput,
  )
}
