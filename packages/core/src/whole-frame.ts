import { randomFillSync } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'

const SLAB_BYTES = 65_536
/** A character of a string is three bytes of UTF-8 at most. */
const MAX_BYTES_PER_CHAR = 3
/** Room for the longest header; a multiple of four, because messages are masked four bytes at a time. */
const HEADER_ROOM = 8
const FINAL_TEXT = 0x81
const MASKED = 0x80
/** Up to this length a header has no length field of its own. */
const SHORT = 125
const KEYS = 2_048

const newSlab = () => {
  const bytes = Buffer.allocUnsafeSlow(SLAB_BYTES)
  return { bytes, words: new Int32Array(bytes.buffer) }
}

// The frames of all sockets share slabs of memory, one slab after the other.
let slab = newSlab()
let used = 0
const keys = new Int32Array(KEYS)
let nextKey = KEYS

/** Unpredictable, as RFC 6455 §5.3 asks. */
const randomKey = (): number => {
  if (nextKey === KEYS) {
    randomFillSync(keys)
    nextKey = 0
  }
  return keys[nextKey++]!
}

const mask = (at: number, length: number): void => {
  const { words } = slab
  const first = at >> 2
  const end = first + ((length + 3) >> 2)
  const key = randomKey()
  words[first - 1] = key
  for (let word = first; word < end; word++) words[word]! ^= key
}

/** The text as a frame of the slab: header, key and message (RFC 6455 §5.2). */
const frameOf = (text: string, masked: boolean): Buffer => {
  if (used + HEADER_ROOM + text.length * MAX_BYTES_PER_CHAR > SLAB_BYTES) {
    slab = newSlab()
    used = 0
  }
  const { bytes } = slab
  const at = used + HEADER_ROOM
  const length = bytes.write(text, at)
  const from = at - (masked ? 4 : 0) - (length > SHORT ? 4 : 2)
  bytes[from] = FINAL_TEXT
  bytes[from + 1] = (masked ? MASKED : 0) | (length > SHORT ? 126 : length)
  if (length > SHORT) bytes.writeUInt16BE(length, from + 2)
  if (masked) mask(at, length)
  used = (at + length + 3) & ~3
  return bytes.subarray(from, at + length)
}

/** A copy that keeps no slab alive. */
const detached = (frame: Buffer): Buffer => {
  const copy = Buffer.allocUnsafeSlow(frame.length)
  frame.copy(copy)
  return copy
}

/**
 * Sends text messages of a WebSocket as one write each, where `ws` writes header and message apart. `below` is the
 * connection it runs over; `masked` is for the client's side. Nothing is sent unless the socket is open.
 *
 * The order is that of the calls, also with what `ws` sends itself: without compression it hands every frame to the connection
 * at once, and we send no fragments, between which another message could get. `bufferedAmount` counts these frames too, because
 * it reads the connection's buffer. Long messages, and sockets with an extension, are left to `ws`.
 */
export const wholeFrames = (
  socket: WebSocket,
  below: Duplex | undefined,
  masked: boolean,
): ((text: string) => void) => {
  if (below === undefined || socket.extensions !== '') return (text) => socket.send(text)
  return (text) => {
    if (socket.readyState !== WebSocket.OPEN) return
    if (text.length * MAX_BYTES_PER_CHAR > SLAB_BYTES - HEADER_ROOM) return socket.send(text)
    const frame = frameOf(text, masked)
    // A frame that waits for a slow reader would keep the whole slab in memory.
    below.write(below.writableLength > 0 ? detached(frame) : frame)
  }
}
