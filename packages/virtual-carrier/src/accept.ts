/** Sockets of softphones, after whoever has them has checked who asks. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws'
import { MAX_MESSAGE_BYTES } from './softphone-message.ts'

/** Browsers send a message of this size as one. */
const MAX_FRAGMENTS = 16

// ws knows maxFragments, its types do not yet.
const serverOptions: ServerOptions & { maxFragments: number } = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MAX_MESSAGE_BYTES,
  maxFragments: MAX_FRAGMENTS,
}
const server = new WebSocketServer(serverOptions)

/** Answers the handshake with 101, or with 400 when it is none. */
export const acceptSoftphone = (
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  accepted: (socket: WebSocket) => void,
): void => server.handleUpgrade(request, socket, head, accepted)
