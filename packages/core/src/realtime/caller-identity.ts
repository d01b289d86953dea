import { createHmac } from 'node:crypto'

/** 128 bits: two callers do not meet in them. */
const LENGTH_CHARS = 32

/**
 * Tells the server which of our sessions are with the same person, so that one who abuses it is not the whole account. Keyed:
 * there are so few telephone numbers that the plain hash of one is found by hashing them all. Without a number there is none.
 */
export const callerHeaders = (caller: string | undefined, apiKey: string): Readonly<Record<string, string>> =>
  caller === undefined
    ? {}
    : {
        'OpenAI-Safety-Identifier': createHmac('sha256', apiKey).update(caller).digest('hex').slice(0, LENGTH_CHARS),
      }
