/** What the simulated model understands, for whoever types to it: beside the API, as the stand-in for Twilio has its own door. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { understand } from '../meaning/understand.ts'
import { phrasesOf, type Dialogue } from './dialogue.ts'

const PHRASES_PATH = '/sim/phrases'

/**
 * Answers `GET /sim/phrases?mode=receptionist` with the phrases of a mode, and with `&line=…` whether that line is understood
 * and what comes nearest. False for another address.
 */
export function tellPhrases(
  dialogues: readonly Dialogue[],
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://loopback')
  if (pathname !== PHRASES_PATH || request.method !== 'GET') return false
  const answer = (status: number, body: object): void =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  const dialogue = dialogues.find(({ mode }) => mode === searchParams.get('mode'))
  const line = searchParams.get('line')
  if (!dialogue) answer(404, { error: 'There is no dialogue for this mode.' })
  else if (line === null) answer(200, { phrases: phrasesOf(dialogue) })
  else {
    const { phrase, nearest } = understand(dialogue, line)
    answer(200, { isUnderstood: phrase !== undefined, ...(nearest === undefined ? {} : { nearest }) })
  }
  return true
}
