import { createServer, type IncomingMessage } from 'node:http'
import type { Agent } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'
import { createTextSession, type TextSession } from './session.ts'

/** A server with ears and a voice in front of a model that reads and writes: the call behind it notices no difference. */
export interface Bridge {
  /** Where the call connects. */
  readonly url: string
  /** The caller begins to speak. */
  speechStarted(): void
  /** The caller has said this. */
  speechStopped(text: string): void
  /** A response is being written, or about to be. */
  readonly isBusy: boolean
  /** When the wire was last used, in either direction (`performance.now()`). */
  readonly lastActiveMs: number
  /** How long each first word took since it was asked for. */
  readonly firstWordsMs: readonly number[]
  /** Why the model's server was not reached, when it was not. */
  readonly unreached: string | undefined
  close(): Promise<void>
}

/** Headers that belong to one connection and not to the next. */
const OWN_HEADERS = /^(?:host|connection|upgrade|sec-websocket-.*|content-length)$/

const passedOn = (headers: IncomingMessage['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      OWN_HEADERS.test(name) || typeof value !== 'string' ? [] : [[name, value]],
    ),
  )

/** Codes that only an end may see, and no frame may carry. */
const isSayable = (code: number): boolean =>
  code === 1000 || (code >= 1001 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || code >= 3000

/** Opens the bridge on loopback; `url` is the model's. */
export const openBridge = async ({
  url,
  agent,
}: {
  readonly url: string
  readonly agent?: Agent | undefined
}): Promise<Bridge> => {
  const firstWordsMs: number[] = []
  const sockets = new Set<WebSocket>()
  let session: TextSession | undefined
  let unreached: string | undefined
  let lastActiveMs = performance.now()
  const active = (): void => {
    lastActiveMs = performance.now()
  }

  const accepting = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  const http = createServer((_request, response) => response.writeHead(404).end())

  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const target = new URL(url)
    for (const [name, value] of new URL(request.url ?? '/', 'http://loopback').searchParams)
      target.searchParams.set(name, value)
    const model = new WebSocket(target, {
      headers: passedOn(request.headers),
      perMessageDeflate: false,
      ...(agent ? { agent } : {}),
    })
    sockets.add(model)
    model.on('unexpected-response', (_asked, response) => {
      const body: Buffer[] = []
      response.on('data', (chunk: Buffer) => void body.push(chunk))
      response.on('end', () => {
        const text = Buffer.concat(body).toString()
        socket.end(
          `HTTP/1.1 ${response.statusCode} ${response.statusMessage}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
        )
      })
    })
    model.on('error', ({ message, code }: Error & { code?: string }) => {
      unreached = message || code
      socket.destroy()
    })
    model.on('open', () => {
      accepting.handleUpgrade(request, socket, head, (call) => {
        sockets.add(call)
        const mine = createTextSession({
          toModel: (event) => {
            active()
            if (model.readyState === WebSocket.OPEN) model.send(JSON.stringify(event))
          },
          toCall: (event) => {
            active()
            if (call.readyState === WebSocket.OPEN) call.send(JSON.stringify(event))
          },
          firstWords: (ms) => void firstWordsMs.push(ms),
        })
        // The one that was opened last is the one that is spoken to.
        session = mine
        model.on('message', (data) => mine.fromModel(JSON.parse((data as Buffer).toString()) as never))
        call.on('message', (data) => mine.fromCall(JSON.parse((data as Buffer).toString()) as never))
        model.on('close', (code, reason) => (isSayable(code) ? call.close(code, reason) : call.terminate()))
        call.on('close', () => model.close())
        call.on('error', () => model.terminate())
      })
    })
  })

  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    speechStarted: () => session?.speechStarted(),
    speechStopped: (text) => session?.speechStopped(text),
    get isBusy() {
      return session?.isBusy ?? false
    },
    get lastActiveMs() {
      return lastActiveMs
    },
    firstWordsMs,
    get unreached() {
      return unreached
    },
    async close() {
      for (const socket of sockets) socket.terminate()
      await new Promise<void>((resolve) => http.close(() => resolve()))
    },
  }
}
