import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { WebSocketServer } from 'ws'

/** What a stand-in for a gateway answers at `/lbz`. */
export type State = 'ready' | 'drains' | 'closing'
const LBZ: Readonly<Record<State, number>> = { ready: 200, drains: 404, closing: 503 }

/** What a stand-in answers to everything else, as JSON. */
export interface Echo {
  readonly name: string
  readonly method: string
  readonly url: string
  readonly body: string
  readonly host: string
}

/** A stand-in for a gateway: it says its name and what it was asked, and echoes what comes over a WebSocket. */
export interface StandIn {
  readonly address: string
  state: State
  /** Answers requests with 503 instead: nothing was done. */
  refuses: boolean
  /** Cuts the connection of a request instead of answering. */
  tears: boolean
  /** How many requests that were no health checks have reached it whole. */
  asked: number
  /** Nobody listens any more, as after kill -9. */
  die(): Promise<void>
  /** Listens again at the same address. */
  live(): Promise<void>
}

/** Starts a stand-in on loopback. */
export const startStandIn = async (name: string): Promise<StandIn> => {
  const sockets = new Set<Socket>()
  const streams = new WebSocketServer({ noServer: true })
  const standIn = { state: 'ready' as State, refuses: false, tears: false, asked: 0 }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '', headers } = request
    if (url === '/lbz') return void response.writeHead(LBZ[standIn.state]).end()
    if (url === '/healthz') return void response.end('ok')
    const body = await text(request)
    standIn.asked++
    if (standIn.tears) return void request.socket.destroy()
    if (standIn.refuses) return void response.writeHead(503).end(name)
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ name, method, url, body, host: headers.host ?? '' } satisfies Echo))
  }
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()))
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('upgrade', (request, socket, head) => {
    standIn.asked++
    streams.handleUpgrade(request, socket, head, (stream) => {
      stream.on('error', () => {})
      stream.on('message', (data: Buffer) => stream.send(`${name} ${request.url} ${data.toString()}`))
    })
  })
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const port = await listen(0)
  return Object.assign(standIn, {
    address: `127.0.0.1:${port}`,
    async die() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
    async live() {
      if (!server.listening) await listen(port)
    },
  })
}
