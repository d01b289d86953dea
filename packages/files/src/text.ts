import { isUtf8 } from 'node:buffer'
import { readFileSync } from 'node:fs'
import { setImmediate as letOthersRun } from 'node:timers/promises'
import { isLikelyWindows1252 } from './windows-1252.ts'

/** Bytes that are no readable text; the message completes a sentence about the file and says what to do. */
export class TextProblem extends Error {}

const AS_UTF8 = 'save it as UTF-8 (in Excel: "CSV UTF-8")'

/** Files that people mistake for texts, by their first bytes. */
const OTHERS: readonly (readonly [bytes: readonly number[], what: string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'is a spreadsheet or another ZIP file, not a text: export it as CSV, in UTF-8'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'is an old Excel workbook, not a text: export it as CSV, in UTF-8'],
  [[0x1f, 0x8b], 'is compressed (gzip): unpack it first'],
  [[0x25, 0x50, 0x44, 0x46], 'is a PDF, not a text'],
  [[0xff, 0xfe, 0, 0], `is UTF-32: ${AS_UTF8}`],
  [[0, 0, 0xfe, 0xff], `is UTF-32: ${AS_UTF8}`],
]

const MARKS: readonly (readonly [bytes: readonly number[], charset: string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
]

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean =>
  start.every((byte, at) => bytes[at] === byte)

const SAMPLE_BYTES = 4_096

/** Bytes decoded in one go: about a millisecond. */
const SLICE_BYTES = 65_536

const NO_TEXT = 'holds zero bytes, so it is not a text'

/** Detects UTF-16 without a mark: Latin letters, digits, spaces and line ends have a zero byte, always on the same side. */
const utf16WithoutMark = (bytes: Uint8Array): string | undefined => {
  const sample = bytes.subarray(0, SAMPLE_BYTES)
  const zeros = [0, 0]
  for (const [at, byte] of sample.entries()) if (byte === 0) zeros[at % 2]!++
  const [even = 0, odd = 0] = zeros
  if (odd > sample.length / 32 && even < odd / 8) return 'utf-16le'
  return even > sample.length / 32 && odd < even / 8 ? 'utf-16be' : undefined
}

const decoderOf = (charset: string): TextDecoder => {
  try {
    return new TextDecoder(charset, { fatal: true })
  } catch {
    throw new TextProblem(`has a charset that is not known, "${charset.slice(0, 40)}": ${AS_UTF8}`)
  }
}

/** Decodes the bytes slice by slice, so that calls can go on in between; returns the text. */
function* decoding(bytes: Uint8Array, charset: string | undefined): Generator<undefined, string> {
  const other = OTHERS.find(([start]) => startsWith(bytes, start))
  if (other) throw new TextProblem(other[1])
  const mark = MARKS.find(([start]) => startsWith(bytes, start))?.[1]
  // "UTF-16" alone does not name the byte order; only a mark does.
  const named = charset?.toLowerCase() === 'utf-16' ? (utf16WithoutMark(bytes) ?? charset) : charset
  const told = mark ?? named ?? utf16WithoutMark(bytes) ?? (isUtf8(bytes) ? 'utf-8' : undefined)
  if (told === undefined) {
    if (bytes.includes(0)) throw new TextProblem(NO_TEXT)
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      if (!isLikelyWindows1252(bytes, at, Math.min(at + SLICE_BYTES, bytes.length)))
        throw new TextProblem(`is neither UTF-8 nor, as it seems, Windows-1252: ${AS_UTF8}`)
      yield
    }
  }
  const decoder = decoderOf(told ?? 'windows-1252')
  let text = ''
  try {
    for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
      text += decoder.decode(bytes.subarray(at, at + SLICE_BYTES), { stream: true })
      yield
    }
    text += decoder.decode()
  } catch {
    const who =
      mark === undefined ? (charset === undefined ? '' : ', as its Content-Type says') : ', as its first bytes say'
    throw new TextProblem(`is not ${decoder.encoding.toUpperCase()}${who}, or is cut off: ${AS_UTF8}`)
  }
  if (text.includes('\0')) throw new TextProblem(NO_TEXT)
  return text
}

/**
 * Decodes a text. The encoding comes from a byte order mark, from `charset`, or is detected: UTF-8, UTF-16 or Windows-1252.
 * Throws {@link TextProblem} rather than return garbled names.
 */
export const decodeText = (bytes: Uint8Array, charset?: string): string => {
  const slices = decoding(bytes, charset)
  for (;;) {
    const { done, value } = slices.next()
    if (done) return value
  }
}

/** {@link decodeText} for long texts in a process with calls. */
export const decodeLongText = async (bytes: Uint8Array, charset?: string): Promise<string> => {
  const slices = decoding(bytes, charset)
  for (;;) {
    const { done, value } = slices.next()
    if (done) return value
    // oxlint-disable-next-line no-await-in-loop -- lets audio run in between
    await letOthersRun()
  }
}

const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a folder',
  EACCES: 'may not be read by this user',
}

/** Reads and decodes a file like {@link decodeText}; throws {@link TextProblem} also when it cannot be read. */
export const readTextFile = (file: string): string => {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(file)
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException
    const why = SYSTEM_WORDS[code]
    throw new TextProblem(`cannot be read (${code})${why === undefined ? '' : `: it ${why}`}`)
  }
  return decodeText(bytes)
}
