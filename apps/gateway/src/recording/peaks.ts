import { open } from 'node:fs/promises'
import { setImmediate as letOthersRun } from 'node:timers/promises'
import { BYTES_PER_SECOND, WAV_HEADER_BYTES } from './wav-file.ts'

/** The loudest of each stretch of a recording, from 0 to 100, for drawing it. */
export interface Peaks {
  readonly durationMs: number
  readonly stepMs: number
  readonly caller: readonly number[]
  readonly assistant: readonly number[]
}

/** More columns than a screen has. */
const MAX_COLUMNS = 2_000
const LEAST_STEP_MS = 20
/** A tenth of a millisecond on the thread that carries audio. */
const READ_BYTES = 32_768
const FULL_SCALE = 32_124

/** The magnitude of each μ-law byte (G.711). */
const magnitudes = Uint16Array.from({ length: 256 }, (_, byte) => {
  const code = ~byte & 0x7f
  return (((code & 0x0f) << 3) + 0x84) * 2 ** (code >> 4) - 0x84
})

/** Reads a recording part by part, lets other work come in between, and tells its peaks. */
export const readPeaks = async (path: string, soundBytes: number): Promise<Peaks> => {
  const durationMs = Math.floor((soundBytes * 1_000) / BYTES_PER_SECOND)
  const stepMs = Math.max(LEAST_STEP_MS, Math.ceil(durationMs / MAX_COLUMNS))
  const stepBytes = (stepMs * BYTES_PER_SECOND) / 1_000
  const columns = Math.ceil(soundBytes / stepBytes)
  const found = new Uint16Array(columns * 2)
  const file = await open(path)
  try {
    const part = Buffer.allocUnsafe(READ_BYTES)
    for (let at = 0; at < soundBytes;) {
      // oxlint-disable-next-line no-await-in-loop -- one part after the other
      const { bytesRead } = await file.read(part, 0, READ_BYTES, WAV_HEADER_BYTES + at)
      if (bytesRead === 0) break
      for (let index = 0; index < bytesRead; index++) {
        const place = at + index
        const column = Math.floor(place / stepBytes) * 2 + (place & 1)
        const magnitude = magnitudes[part[index]!]!
        if (magnitude > found[column]!) found[column] = magnitude
      }
      at += bytesRead
      // oxlint-disable-next-line no-await-in-loop -- lets audio run in between
      await letOthersRun()
    }
  } finally {
    await file.close()
  }
  const track = (side: 0 | 1): number[] =>
    Array.from({ length: columns }, (_, column) => Math.round((found[column * 2 + side]! / FULL_SCALE) * 100))
  return { durationMs, stepMs, caller: track(0), assistant: track(1) }
}
