/** Sockets of softphones, after whoever has them has checked who asks. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { MAX_MESSAGE_BYTES } from './softphone-message.ts'

const server = new WebSocketServer({
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MAX_MESSAGE_BYTES,
})

/** Answers the handshake with 101, or with 400 when it is none. */
export const acceptSoftphone = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  accepted: (socket: WebSocket) => void,
): void => server.handleUpgrade(request, socket, head, accepted)
