import { wireBytes } from '@llc-phone/core'

const { base64End, behind, digits, idCharacters, literal, span } = wireBytes

const EVENT = literal('{"event":"media","sequenceNumber":"')
const CHUNK = literal('","media":{"track":"inbound","chunk":"')
const TIMESTAMP = literal('","timestamp":"')
const PAYLOAD = literal('","payload":"')
const STREAM = literal('"},"streamSid":"')
const END = literal('"}')
/** More digits could be more than a number holds exactly. */
const MAX_DIGITS = 15
const ZERO = 48

/** Caller audio: base64 μ-law 8 kHz, not empty, and the stream's clock (ms). */
export interface MediaFrame {
  readonly payload: string
  readonly timestampMs: number
}

const numberAt = (bytes: Uint8Array, from: number, to: number): number => {
  let number = 0
  for (let at = from; at < to; at++) number = number * 10 + bytes[at]! - ZERO
  return number
}

/**
 * Reads a media message of the caller's track byte by byte, in the field order that Twilio uses; only the payload is copied.
 * `undefined` for anything else: messages written differently are left to `JSON.parse`.
 */
export const readMediaFrame = (bytes: Buffer): MediaFrame | undefined => {
  let at = behind(bytes, 0, EVENT)
  if (at < 0) return undefined
  at = behind(bytes, span(bytes, at, digits), CHUNK)
  if (at < 0) return undefined
  const timestampAt = behind(bytes, span(bytes, at, digits), TIMESTAMP)
  if (timestampAt < 0) return undefined
  const timestampEnd = span(bytes, timestampAt, digits)
  if (timestampEnd === timestampAt || timestampEnd - timestampAt > MAX_DIGITS) return undefined
  const payloadAt = behind(bytes, timestampEnd, PAYLOAD)
  if (payloadAt < 0) return undefined
  const payloadEnd = base64End(bytes, payloadAt)
  at = behind(bytes, payloadEnd, STREAM)
  if (at < 0 || payloadEnd === payloadAt) return undefined
  if (behind(bytes, span(bytes, at, idCharacters), END) !== bytes.length) return undefined
  return {
    payload: bytes.toString('latin1', payloadAt, payloadEnd),
    timestampMs: numberAt(bytes, timestampAt, timestampEnd),
  }
}
