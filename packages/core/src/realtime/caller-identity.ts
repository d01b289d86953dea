import { createHmac } from 'node:crypto'

/** 128 bits in hex: no collisions between callers. */
const LENGTH_CHARS = 32

/**
 * A header that tells the server which sessions are with the same caller, so that abuse by one does not block the whole account.
 * A keyed hash, because a plain one could be reversed by hashing all telephone numbers. Empty without a number.
 */
export const callerHeaders = (caller: string | undefined, apiKey: string): Readonly<Record<string, string>> =>
  caller === undefined
    ? {}
    : {
        'OpenAI-Safety-Identifier': createHmac('sha256', apiKey).update(caller).digest('hex').slice(0, LENGTH_CHARS),
      }
