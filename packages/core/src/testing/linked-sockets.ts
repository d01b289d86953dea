import { EventEmitter } from 'node:events'
import type { WebSocket } from 'ws'

/** One end of a connection inside the process; it behaves as a `WebSocket` of the package `ws` does, see `testSocket`. */
export interface LinkedSocket extends EventEmitter {
  readonly CONNECTING: 0
  readonly OPEN: 1
  readonly CLOSING: 2
  readonly CLOSED: 3
  readonly readyState: number
  /** Bytes the other end has not taken. */
  readonly bufferedAmount: number
  readonly isPaused: boolean
  send(data: string | Buffer, done?: (error?: Error) => void): void
  ping(data?: string | Buffer): void
  close(code?: number, reason?: string | Buffer): void
  terminate(): void
  /** Takes nothing from the wire until `resume`: no message, no ping, no close. */
  pause(): void
  resume(): void

  // What only a test needs.
  /** Text messages this end has received. */
  readonly received: readonly string[]
  /** How the connection ended, as this end saw it. */
  readonly closeCode: number | undefined
  /** Has everything on the wire arrived now, both ways; otherwise it arrives once the code that sent it is done. */
  deliver(): void
}

type Frame =
  | { readonly type: 'message'; readonly data: Buffer; readonly isBinary: boolean }
  | { readonly type: 'ping' | 'pong'; readonly data: Buffer }
  | { readonly type: 'close'; readonly code: number; readonly reason: Buffer }
  /** The connection itself is gone; nobody said goodbye. */
  | { readonly type: 'gone' }

const NO_STATUS = 1005
const ABNORMAL = 1006
const MAX_REASON_BYTES = 123

const isValidCode = (code: unknown): boolean =>
  typeof code === 'number' &&
  ((code >= 1000 && code <= 1014 && code !== 1004 && code !== NO_STATUS && code !== ABNORMAL) ||
    (code >= 3000 && code <= 4999))

interface Wire {
  schedule(): void
  deliver(): void
}

interface End {
  readonly socket: LinkedSocket
  put(frame: Frame): void
  /** Takes the next frame, if there is one and this end is reading; a connection that is gone is noticed all the same. */
  takeNext(): boolean
  waitingBytes(): number
  link(to: End): void
}

const createEnd = (wire: Wire): End => {
  const events = new EventEmitter()
  const received: string[] = []
  /** What has been sent to this end and has not arrived. */
  const inbox: Frame[] = []
  let peer: End
  let readyState: 0 | 1 | 2 | 3 = 1
  let isPaused = false
  let unsentBytes = 0
  let closeFrameSent = false
  let ending: { code: number; reason: Buffer } | undefined

  const put = (frame: Frame): void => {
    if (readyState === 3) return
    inbox.push(frame)
    wire.schedule()
  }

  const bytesOf = (data: string | Buffer): Buffer => (typeof data === 'string' ? Buffer.from(data) : data)

  /** As `ws` does: what is sent too late is counted, not thrown. */
  const drop = (data: Buffer, done?: (error?: Error) => void): void => {
    unsentBytes += data.length
    if (done) queueMicrotask(() => done(new Error(`WebSocket is not open: readyState ${readyState}`)))
  }

  const finish = (): void => {
    if (readyState === 3) return
    readyState = 3
    inbox.length = 0
    socket.emit('close', ending?.code ?? ABNORMAL, ending?.reason ?? Buffer.alloc(0))
  }

  const sendClose = (code: number, reason: Buffer): void => {
    readyState = 2
    if (closeFrameSent) return
    closeFrameSent = true
    peer.put({ type: 'close', code, reason })
  }

  const take = (frame: Frame): void => {
    switch (frame.type) {
      case 'message':
        if (ending) return
        if (!frame.isBinary) received.push(frame.data.toString())
        return void socket.emit('message', frame.data, frame.isBinary)
      case 'ping':
        if (readyState === 1) peer.put({ type: 'pong', data: frame.data })
        return void socket.emit('ping', frame.data)
      case 'pong':
        return void socket.emit('pong', frame.data)
      case 'close':
        ending = { code: frame.code, reason: frame.reason }
        sendClose(frame.code, frame.reason)
        // Each end is done when it has both said and heard it.
        return put({ type: 'gone' })
      case 'gone':
        return finish()
    }
  }

  const socket = Object.assign(events, {
    CONNECTING: 0,
    OPEN: 1,
    CLOSING: 2,
    CLOSED: 3,
    send(data: string | Buffer, done?: (error?: Error) => void): void {
      const bytes = bytesOf(data)
      if (readyState !== 1) return drop(bytes, done)
      peer.put({ type: 'message', data: Buffer.from(bytes), isBinary: typeof data !== 'string' })
      if (done) queueMicrotask(done)
    },
    ping(data: string | Buffer = ''): void {
      if (readyState !== 1) return drop(bytesOf(data))
      peer.put({ type: 'ping', data: bytesOf(data) })
    },
    close(code?: number, reason: string | Buffer = ''): void {
      if (readyState !== 1) return
      if (code !== undefined && !isValidCode(code))
        throw new TypeError('First argument must be a valid error code number')
      if (bytesOf(reason).length > MAX_REASON_BYTES)
        throw new RangeError('The message must not be greater than 123 bytes')
      sendClose(code ?? NO_STATUS, code === undefined ? Buffer.alloc(0) : bytesOf(reason))
    },
    terminate(): void {
      if (readyState === 3) return
      readyState = 2
      inbox.length = 0
      put({ type: 'gone' })
      peer.put({ type: 'gone' })
    },
    pause(): void {
      if (readyState !== 3) isPaused = true
    },
    resume(): void {
      isPaused = false
      wire.schedule()
    },
    deliver: wire.deliver,
  } as const)
  // `Object.assign` would read a getter once.
  Object.defineProperties(socket, {
    readyState: { get: () => readyState },
    bufferedAmount: { get: () => unsentBytes + peer.waitingBytes() },
    isPaused: { get: () => isPaused },
    received: { get: () => received },
    closeCode: { get: () => (readyState === 3 ? (ending?.code ?? ABNORMAL) : undefined) },
  })

  return {
    socket: socket as unknown as LinkedSocket,
    put,
    takeNext() {
      if (isPaused && !inbox.some(({ type }) => type === 'gone')) return false
      const frame = inbox.shift()
      if (frame) take(frame)
      return frame !== undefined
    },
    waitingBytes: () => inbox.reduce((sum, frame) => sum + (frame.type === 'message' ? frame.data.length : 0), 0),
    link(to) {
      peer = to
    },
  }
}

/** Two sockets that are each other's far end: no ports, no kernel, no time; what one sends reaches the other a moment later. */
export const linkedSockets = (): readonly [socket: WebSocket & LinkedSocket, far: LinkedSocket] => {
  let scheduled = false
  let delivering = false
  const deliver = (): void => {
    // A handler that asks for more must not overtake itself.
    if (delivering) return
    delivering = true
    try {
      while (near.takeNext() || far.takeNext());
    } finally {
      delivering = false
    }
  }
  const schedule = (): void => {
    if (scheduled) return
    scheduled = true
    queueMicrotask(() => {
      scheduled = false
      deliver()
    })
  }
  const near = createEnd({ schedule, deliver })
  const far = createEnd({ schedule, deliver })
  near.link(far)
  far.link(near)
  return [near.socket as unknown as WebSocket & LinkedSocket, far.socket]
}
