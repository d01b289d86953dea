import type { IncomingMessage } from 'node:http'
import type { Clock } from '../clock.ts'
import { errorFrom } from './error-shapes.ts'
import { readError, type ReadError } from './server-errors.ts'

/** Many times the size of an error; an HTML page of a proxy may be cut. */
const MAX_BODY_BYTES = 16_384
/** After this the status alone has to do. */
const READ_WITHIN_MS = 500

/** The error in a response body. A single word is a code; a body that is not JSON, such as a proxy's page, is no error. */
const errorIn = (body: string): ReadError => {
  try {
    const json = JSON.parse(body) as unknown
    const word = (json as { error?: unknown } | null)?.error
    return readError(typeof word === 'string' && /^\w+$/.test(word) ? { code: word } : errorFrom(json))
  } catch {
    return {}
  }
}

/** Reads from the body why an upgrade was refused; calls `done` once, within 500 ms. */
export const readRefusal = (response: IncomingMessage, clock: Clock, done: (error: ReadError) => void): void => {
  let body = ''
  let isDone = false
  const finish = (): void => {
    if (isDone) return
    isDone = true
    timer.stop()
    response.resume()
    done(errorIn(body))
  }
  const timer = clock.after(READ_WITHIN_MS, finish)
  response.setEncoding('utf8')
  response.on('data', (text: string) => {
    if (isDone) return
    body += text
    if (body.length > MAX_BODY_BYTES) finish()
  })
  response.on('end', finish)
  response.on('error', finish)
}
