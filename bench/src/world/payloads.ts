import { randomBytes } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** stream u16, sequence u32, time f64, checksum u32: 18 bytes are 24 characters of base64, so nothing straddles the seam. */
const STAMP_BYTES = 18
const STAMP_CHARS = 24
const CHECKED_BYTES = 14
const TAILS = 251
/** Base64 of a second of μ-law silence begins like this, and no stamp does. */
const SILENCE = '/'.repeat(STAMP_CHARS)

/** What a payload says about itself. */
export interface Stamp {
  readonly stream: number
  readonly sequence: number
  /** `performance.now()` of the sending side. */
  readonly sentAt: number
}

/** Makes payloads that are all different, and knows its own again to the last byte. */
export interface Payloads {
  make(stream: number, sequence: number): string
  /** `undefined` when the payload is not byte for byte one that was made here. */
  read(payload: string): Stamp | undefined
}

/** Base64 payloads of `bytes` bytes. */
export const createPayloads = (bytes: number): Payloads => {
  const tails = Array.from({ length: TAILS }, () => randomBytes(bytes - STAMP_BYTES).toString('base64'))
  const tailOf = (stream: number, sequence: number): string => tails[(stream * 31 + sequence) % TAILS]!
  const stamp = Buffer.alloc(STAMP_BYTES)
  return {
    make(stream, sequence) {
      stamp.writeUInt16LE(stream, 0)
      stamp.writeUInt32LE(sequence, 2)
      stamp.writeDoubleLE(performance.now(), 6)
      stamp.writeUInt32LE(crc32(stamp.subarray(0, CHECKED_BYTES)), CHECKED_BYTES)
      return stamp.toString('base64') + tailOf(stream, sequence)
    },
    read(payload) {
      const head = Buffer.from(payload.slice(0, STAMP_CHARS), 'base64')
      if (head.length !== STAMP_BYTES) return undefined
      if (crc32(head.subarray(0, CHECKED_BYTES)) !== head.readUInt32LE(CHECKED_BYTES)) return undefined
      const stream = head.readUInt16LE(0)
      const sequence = head.readUInt32LE(2)
      if (payload.slice(STAMP_CHARS) !== tailOf(stream, sequence)) return undefined
      return { stream, sequence, sentAt: head.readDoubleLE(6) }
    },
  }
}

/** What went wrong with the payloads of one direction. */
export interface Faults {
  lost: number
  reordered: number
  /** Not byte for byte what was sent, or from another call. */
  altered: number
  /** Pure silence that nobody sent: the gateway feeds it to the model when a caller's audio stops while they speak. */
  added: number
}

/** The faults of many directions. */
export const sumOfFaults = (all: readonly Faults[]): Faults => ({
  lost: all.reduce((total, { lost }) => total + lost, 0),
  reordered: all.reduce((total, { reordered }) => total + reordered, 0),
  altered: all.reduce((total, { altered }) => total + altered, 0),
  added: all.reduce((total, { added }) => total + added, 0),
})

/** Watches what arrives on one socket. */
export interface Arrivals {
  /** The payload's stamp, or `undefined` when it is not one of ours. */
  take(payload: string): Stamp | undefined
  /** Counts what never came: `sentOn` tells how many payloads a stream has sent. */
  finish(sentOn: (stream: number) => number): Faults
}

/** Expects one stream, in order and complete from its first payload. */
export const createArrivals = (payloads: Payloads): Arrivals => {
  const faults: Faults = { lost: 0, reordered: 0, altered: 0, added: 0 }
  let stream: number | undefined
  let next = 0
  return {
    take(payload) {
      if (payload.startsWith(SILENCE)) {
        faults.added++
        return undefined
      }
      const stamp = payloads.read(payload)
      stream ??= stamp?.stream
      if (!stamp || stamp.stream !== stream) {
        faults.altered++
        return undefined
      }
      if (stamp.sequence < next) {
        faults.reordered++
        faults.lost--
      } else {
        faults.lost += stamp.sequence - next
        next = stamp.sequence + 1
      }
      return stamp
    },
    finish(sentOn) {
      // Nothing at all arrived: whose payloads are missing is unknown, but that they are is certain.
      const missing = stream === undefined ? 1 : sentOn(stream) - next
      return { ...faults, lost: Math.max(0, faults.lost + missing - faults.altered) }
    },
  }
}
