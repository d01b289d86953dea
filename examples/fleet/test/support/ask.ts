import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { setTimeout as wait } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { Echo } from '../../src/stand-in.ts'

const ANSWERS_WITHIN_MS = 8_000

/** Asks the proxy as Twilio would: the path goes out byte for byte. */
export const ask = async (
  listen: string,
  path: string,
  { method = 'POST', body = 'CallSid=CA1' }: { readonly method?: string; readonly body?: string } = {},
): Promise<{ readonly status: number; readonly echo?: Echo }> => {
  const [host = '', port = ''] = listen.split(':')
  const asked = request({ host, port: Number(port), path, method, agent: false, timeout: ANSWERS_WITHIN_MS })
  asked.once('timeout', () => asked.destroy(new Error(`${path} was not answered.`)))
  asked.end(method === 'GET' ? undefined : body)
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  const answer = await text(response)
  const status = response.statusCode ?? 0
  return status === 200 ? { status, echo: JSON.parse(answer) as Echo } : { status }
}

/** A media stream that is open: says something and resolves to what came back. Rejects when the stream is gone. */
export interface Stream {
  say(words: string): Promise<string>
  close(): void
}

/** Opens a media stream through the proxy. */
export const openStream = async (listen: string, path: string): Promise<Stream> => {
  const socket = new WebSocket(`ws://${listen}${path}`)
  socket.on('error', () => {})
  await once(socket, 'open')
  return {
    async say(words) {
      if (socket.readyState !== WebSocket.OPEN) throw new Error('The stream is gone.')
      const heard = once(socket, 'message')
      const gone = once(socket, 'close').then(() => {
        throw new Error('The stream is gone.')
      })
      gone.catch(() => {})
      socket.send(words)
      const [data] = (await Promise.race([heard, gone])) as [Buffer]
      return data.toString()
    },
    close: () => socket.terminate(),
  }
}

/** Resolves when `isSo` does to true; rejects when it has not within `limitMs`. */
export const until = async (isSo: () => Promise<boolean>, what: string, limitMs = 6_000): Promise<void> => {
  for (const begun = Date.now(); !(await isSo()); await wait(50))
    if (Date.now() - begun > limitMs) throw new Error(`Not within ${limitMs} ms: ${what}`)
}
