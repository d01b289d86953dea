import { EventEmitter } from 'node:events'
import type { WebSocket } from 'ws'

/** One end of a connection inside the process; the other end sees what it does at once. */
export interface LinkedSocket extends EventEmitter {
  readonly OPEN: 1
  readyState: number
  bufferedAmount: number
  /** Text messages this end has received. */
  readonly received: string[]
  closeCode: number | undefined
  send(data: string | Buffer): void
  ping(): void
  close(code?: number, reason?: string): void
  terminate(): void
}

const createEnd = (): LinkedSocket & { peer?: LinkedSocket } => {
  const end = Object.assign(new EventEmitter(), {
    OPEN: 1 as const,
    readyState: 1,
    bufferedAmount: 0,
    received: [] as string[],
    closeCode: undefined as number | undefined,
    peer: undefined as unknown as LinkedSocket,
    send(data: string | Buffer) {
      if (end.readyState !== 1 || end.peer.readyState !== 1) return
      const isBinary = typeof data !== 'string'
      if (!isBinary) end.peer.received.push(data)
      end.peer.emit('message', Buffer.from(data as string), isBinary)
    },
    ping() {
      if (end.peer.readyState === 1 && end.peer.listenerCount('ignore-pings') === 0) end.emit('pong')
    },
    close(code = 1005) {
      if (end.readyState !== 1) return
      end.readyState = 3
      end.peer.readyState = 3
      end.closeCode = end.peer.closeCode = code
      end.peer.emit('close', code)
      end.emit('close', code)
    },
    terminate() {
      end.close(1006)
    },
  })
  return end
}

/** Two sockets that are each other's far end: no ports, no kernel, no waiting. */
export const linkedSockets = (): readonly [socket: WebSocket & LinkedSocket, far: LinkedSocket] => {
  const near = createEnd()
  const far = createEnd()
  near.peer = far
  far.peer = near
  return [near as unknown as WebSocket & LinkedSocket, far]
}
