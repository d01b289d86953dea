import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { WebSocketServer } from 'ws'
import { serveSession, startUpOf, type ModelSocket, type SessionOptions } from './fake-model-session.ts'

/** A Realtime server of the `ga` dialect that costs next to nothing: it neither listens nor thinks, and says the same for ever. */
export interface FakeModel {
  readonly url: string
  /** Every connection there has been, in order. */
  readonly sockets: readonly ModelSocket[]
  /** Connections that are open now, in whatever state. */
  readonly open: number
  close(): void
}

export interface FakeModelOptions extends SessionOptions {
  onBroken(): void
}

/** Listens on loopback. */
export const startFakeModel = async (options: FakeModelOptions): Promise<FakeModel> => {
  const { handshakeMs } = startUpOf(options.manner?.startUpMs ?? 0)
  const http = createServer()
  const server = new WebSocketServer({
    server: http,
    perMessageDeflate: false,
    skipUTF8Validation: true,
    ...(handshakeMs > 0 ? { verifyClient: (_, accept) => void setTimeout(accept, handshakeMs, true) } : {}),
  })
  const sockets: ModelSocket[] = []
  const connections = new Set<Socket>()
  const callsSeen = new Set<number>()
  let closing = false
  http.on('connection', (connection) => {
    connections.add(connection)
    connection.on('close', () => connections.delete(connection))
  })
  server.on('connection', (socket) => {
    const isFirst = (call: number): boolean => callsSeen.size < callsSeen.add(call).size
    sockets.push(serveSession(socket, sockets.length, options, isFirst))
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      if (!closing) options.onBroken()
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/v1/realtime`,
    sockets,
    get open() {
      return connections.size
    },
    close() {
      closing = true
      for (const socket of server.clients) socket.terminate()
      http.close()
    },
  }
}
