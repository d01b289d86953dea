import { EventEmitter } from 'node:events'
import type { WebSocket } from 'ws'

/** One end of a connection within the process. It behaves like a `WebSocket` of the package `ws`, see `testSocket`. */
export interface LinkedSocket extends EventEmitter {
  readonly CONNECTING: 0
  readonly OPEN: 1
  readonly CLOSING: 2
  readonly CLOSED: 3
  readonly readyState: number
  /** Bytes that the other end has not read. */
  readonly bufferedAmount: number
  readonly isPaused: boolean
  send(data: string | Buffer, done?: (error?: Error) => void): void
  ping(data?: string | Buffer): void
  close(code?: number, reason?: string | Buffer): void
  terminate(): void
  /** Reads nothing until `resume`: no messages, no pings, no close. */
  pause(): void
  resume(): void

  // For tests only.
  /** Text messages this end has received. */
  readonly received: readonly string[]
  /** How the connection ended for this end. */
  readonly closeCode: number | undefined
  /** Delivers everything sent so far, in both directions; otherwise it is delivered in a microtask. */
  deliver(): void
}

type Frame =
  | { readonly type: 'message'; readonly data: Buffer; readonly isBinary: boolean }
  | { readonly type: 'ping' | 'pong'; readonly data: Buffer }
  | { readonly type: 'close'; readonly code: number; readonly reason: Buffer }
  /** The connection was lost without a close frame. */
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
  /** Reads the next frame, if there is one and this end is reading; a lost connection is noticed in any case. */
  takeNext(): boolean
  waitingBytes(): number
  link(to: End): void
}

const createEnd = (wire: Wire): End => {
  const events = new EventEmitter()
  const received: string[] = []
  /** Frames sent to this end and not delivered yet. */
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

  /** Like `ws`: sending too late is counted and does not throw. */
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
        // An end is closed once it has both sent and received a close frame.
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
  // `Object.assign` would copy the present value of a getter.
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

/** Two connected sockets without network or time; what one sends reaches the other in a microtask. */
export const linkedSockets = (): readonly [socket: WebSocket & LinkedSocket, far: LinkedSocket] => {
  let scheduled = false
  let delivering = false
  const deliver = (): void => {
    // No re-entrance: a handler may call `deliver` again.
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
