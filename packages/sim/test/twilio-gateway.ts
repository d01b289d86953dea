/** A gateway of a few lines for the tests: answers webhooks with what a test says and keeps what the stand-in sends. */
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Certificate } from '../src/tls/certificate.ts'
import { createHttpServer } from '../src/tls/serve-tls.ts'

export interface Webhook {
  method: string
  path: string
  headers: IncomingHttpHeaders
  params: Record<string, string>
}

interface MediaMessage {
  event: string
  sequenceNumber?: string
  streamSid?: string
  start?: { callSid: string; streamSid: string; customParameters?: Record<string, string>; mediaFormat: unknown }
  media?: { chunk: string; timestamp: string; payload: string; track: string }
  mark?: { name: string }
  dtmf?: { digit: string; track: string }
  stop?: { callSid: string }
  [extra: string]: unknown
}

export interface Stream {
  socket: WebSocket
  path: string
  headers: IncomingHttpHeaders
  messages: { atMs: number; message: MediaMessage }[]
  streamSid: string
  send(message: object): void
  play(audio: Buffer): void
  mark(name: string): void
  clear(): void
  /** Resolves with the first (or nth) message of this kind. */
  next(event: string, nth?: number): Promise<{ atMs: number; message: MediaMessage }>
  closed: Promise<number>
}

type Answer = string | { status: number; body: string; headers?: Record<string, string> }

export async function startGateway(
  answer: (webhook: Webhook, gateway: { url: string; wsUrl: string }) => Answer | Promise<Answer>,
  onStream: (stream: Stream) => void | Promise<void> = () => {},
  certificate?: Certificate,
) {
  const webhooks: Webhook[] = []
  const watching: (() => void)[] = []
  const streams: Stream[] = []
  const server = createHttpServer(certificate, (request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => void respond())
    const respond = async (): Promise<void> => {
      const url = new URL(request.url ?? '/', 'http://gateway')
      const form = new URLSearchParams(request.method === 'GET' ? url.search : Buffer.concat(chunks).toString())
      const webhook = {
        method: request.method ?? '',
        path: url.pathname,
        headers: request.headers,
        params: Object.fromEntries(form),
      }
      webhooks.push(webhook)
      for (const look of watching.splice(0)) look()
      const result = await answer(webhook, gateway)
      const { status, body, headers } = typeof result === 'string' ? { status: 200, body: result, headers: {} } : result
      response.writeHead(status, { 'content-type': 'text/xml', ...headers }).end(body)
    }
  })
  let refusal: number | undefined
  const sockets = new WebSocketServer({
    server,
    perMessageDeflate: false,
    verifyClient: (_info, decide) => decide(refusal === undefined, refusal),
  })
  sockets.on('connection', (socket, request) => {
    const messages: Stream['messages'] = []
    const waiters: (() => void)[] = []
    const send = (message: object): void => socket.send(JSON.stringify(message))
    const stream: Stream = {
      socket,
      path: request.url ?? '',
      headers: request.headers,
      messages,
      streamSid: '',
      send,
      play: (audio) =>
        send({ event: 'media', streamSid: stream.streamSid, media: { payload: audio.toString('base64') } }),
      mark: (name) => send({ event: 'mark', streamSid: stream.streamSid, mark: { name } }),
      clear: () => send({ event: 'clear', streamSid: stream.streamSid }),
      next: (event, nth = 1) =>
        new Promise((resolve) => {
          const look = (): void => {
            const found = messages.filter(({ message }) => message.event === event)[nth - 1]
            if (found) resolve(found)
            else waiters.push(look)
          }
          look()
        }),
      closed: new Promise((resolve) => socket.on('close', resolve)),
    }
    socket.on('message', (data) => {
      const message = JSON.parse((data as Buffer).toString()) as MediaMessage
      messages.push({ atMs: performance.now(), message })
      if (message.event === 'start') {
        stream.streamSid = message.start!.streamSid
        streams.push(stream)
        void onStream(stream)
      }
      for (const look of waiters.splice(0)) look()
    })
  })
  const refuseUpgrades = (status: number): void => void (refusal = status)
  /** Resolves when this path has been asked. */
  const asked = (path: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (webhooks.some((webhook) => webhook.path === path)) resolve()
        else watching.push(look)
      }
      look()
    })
  const gateway = { url: '', wsUrl: '', webhooks, asked, streams, close, refuseUpgrades }
  function close(): Promise<void> {
    for (const client of sockets.clients) client.terminate()
    server.closeAllConnections()
    return new Promise((resolve) => server.close(() => resolve()))
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const s = certificate ? 's' : ''
  gateway.url = `http${s}://127.0.0.1:${port}`
  gateway.wsUrl = `ws${s}://127.0.0.1:${port}`
  return gateway
}

/** A steady loud tone, μ-law. */
export const tone = (ms: number): Buffer =>
  Buffer.alloc(ms * 8, Buffer.from([0x8f, 0x8f, 0x8f, 0x8f, 0x0f, 0x0f, 0x0f, 0x0f]))

export const streamTwiml = (url: string, extra = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Response><Connect ${extra}><Stream url="${url}"/></Connect></Response>`

export const accountSid = `AC${'0'.repeat(32)}`
export const authToken = 'token-of-the-tests'
export const ourNumber = '+14155550101'
export const callerNumber = '+14155550199'
