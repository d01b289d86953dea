import { base64End, behind, digits, idCharacters, literal, span } from '../wire-bytes.ts'
import type { RawMessage } from './protocol.ts'

const RESPONSE = literal('","response_id":"')
const ITEM = literal('","item_id":"')
const OUTPUT_INDEX = literal('","output_index":')
const CONTENT_INDEX = literal(',"content_index":')
const DELTA = literal(',"delta":"')
const END = literal('"}')
const ZERO = 48

/** Reads messages that carry audio; `undefined` for anything else. */
export type DeltaReader = (bytes: Buffer) => RawMessage | undefined

/**
 * Reads audio deltas of the given type byte by byte, in the field order that servers use; only the payload and two ids are
 * copied. Messages written differently are left to `JSON.parse`.
 */
export const createDeltaReader = (type: string): DeltaReader => {
  const begin = literal(`{"type":"${type}","event_id":"`)
  return (bytes) => {
    let at = behind(bytes, 0, begin)
    if (at < 0) return undefined
    const responseAt = behind(bytes, span(bytes, at, idCharacters), RESPONSE)
    if (responseAt < 0) return undefined
    const responseEnd = span(bytes, responseAt, idCharacters)
    const itemAt = behind(bytes, responseEnd, ITEM)
    if (itemAt < 0) return undefined
    const itemEnd = span(bytes, itemAt, idCharacters)
    at = behind(bytes, itemEnd, OUTPUT_INDEX)
    // Indexes of one digit: JSON knows no leading zeros.
    if (at < 0 || span(bytes, at, digits) !== at + 1) return undefined
    at = behind(bytes, at + 1, CONTENT_INDEX)
    if (at < 0 || span(bytes, at, digits) !== at + 1) return undefined
    const contentIndex = bytes[at]! - ZERO
    const deltaAt = behind(bytes, at + 1, DELTA)
    if (deltaAt < 0) return undefined
    const deltaEnd = base64End(bytes, deltaAt)
    if (behind(bytes, deltaEnd, END) !== bytes.length) return undefined
    return {
      type,
      response_id: bytes.toString('latin1', responseAt, responseEnd),
      item_id: bytes.toString('latin1', itemAt, itemEnd),
      content_index: contentIndex,
      delta: bytes.toString('latin1', deltaAt, deltaEnd),
    }
  }
}
