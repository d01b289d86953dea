import { STATUS_CODES, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { GatewayErrorCode } from '@llc-phone/core'
import type { FastifyInstance } from 'fastify'
import { WebSocketServer, type ServerOptions } from 'ws'
import type { GatewayDeps } from '../deps.ts'
import { errorBody } from './http-errors.ts'

/** A frame of Twilio's is about 400 bytes; ws would take 100 MiB and 16,384 fragments by default. */
const MAX_PAYLOAD_BYTES = 65_536
const MAX_FRAGMENTS = 64

const MEDIA_PATH = /^\/media\/([\w%.~-]{1,256})\/?$/

/** The media WebSocket `GET /media/TOKEN`: signature and token are checked before the upgrade, so strangers never hold a socket. */
export const addMediaRoute = (app: FastifyInstance, { registry, signature, metrics, log }: GatewayDeps): void => {
  // ws knows maxFragments since 8.21.1, its types do not yet.
  const options: ServerOptions & { maxFragments: number } = {
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_PAYLOAD_BYTES,
    maxFragments: MAX_FRAGMENTS,
  }
  const sockets = new WebSocketServer(options)
  sockets.on('wsClientError', (_error, socket) =>
    refuse(socket, 400, 'request_invalid', 'This is not a WebSocket handshake.'),
  )

  const refuse = (socket: Duplex, status: number, code: GatewayErrorCode, message: string) => {
    metrics.refused(code)
    log.warn({ code, reason: message }, 'media socket refused')
    const body = JSON.stringify(errorBody(code, message))
    socket.once('finish', () => socket.destroy())
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
  }

  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const target = request.url ?? ''
    const token = MEDIA_PATH.exec(target)?.[1]
    if (token === undefined) return refuse(socket, 404, 'not_found', 'There is no WebSocket here.')
    const problem = signature.upgrade(request.headers, target)
    if (problem) return refuse(socket, 403, 'signature_invalid', problem)
    const call = registry.claim(token)
    if (!call)
      return refuse(socket, 403, 'token_invalid', 'The media token is unknown, was used before, or has expired.')
    sockets.handleUpgrade(request, socket, head, (webSocket) => call.attachMedia(webSocket))
  })
}
