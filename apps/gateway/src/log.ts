import { destination, pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino'
import { maskNumbersIn } from './mask.ts'

/** What the log is told about the environment. */
export interface LogOptions {
  readonly level: string
  /** Values that must never be written, wherever they turn up. */
  readonly secrets: readonly string[]
  /** Where lines go; standard output, written asynchronously, when absent. */
  readonly stream?: DestinationStream
}

/**
 * The gateway's log: JSON lines with a static `msg`, ids as fields, personal data only under `pii`, which is redacted.
 *
 * Redaction by path depends on everybody's discipline; so the finished line is also swept for telephone numbers and for the
 * secrets themselves. Lines are per call and per problem, never per frame, so the sweep costs nothing that can be heard.
 */
export const createLog = ({ level, secrets, stream }: LogOptions): Logger => {
  const forbidden = secrets.filter((secret) => secret.length >= 6)
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: ['pii', '*.pii', '*.*.pii', 'authorization', '*.authorization', '*.*.authorization'],
        censor: '[redacted]',
      },
      hooks: {
        streamWrite(line) {
          let clean = maskNumbersIn(line)
          for (const secret of forbidden) clean = clean.replaceAll(secret, '[secret]')
          return clean
        },
      },
    },
    stream ?? destination({ sync: false }),
  )
}
