import type { IncomingMessage } from 'node:http'
import type { Clock } from '../clock.ts'
import { errorFrom } from './error-shapes.ts'
import { readError, type ReadError } from './server-errors.ts'

/** An error fits many times; a page that somebody else answers with need not. */
const MAX_BODY_BYTES = 16_384
/** The status alone says enough to go on with. */
const READ_WITHIN_MS = 500

/** A page that somebody else answers with says nothing about us; a bare word is a code. */
const errorIn = (body: string): ReadError => {
  try {
    const json = JSON.parse(body) as unknown
    const word = (json as { error?: unknown } | null)?.error
    return readError(typeof word === 'string' && /^\w+$/.test(word) ? { code: word } : errorFrom(json))
  } catch {
    return {}
  }
}

/** Reads why an upgrade was refused, as far as the body says; `done` is called once, soon. */
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
