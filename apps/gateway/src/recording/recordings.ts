import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { localPath } from '@llc-phone/database'
import { readPeaks, type Peaks } from './peaks.ts'
import { BYTES_PER_SECOND, WAV_HEADER_BYTES, wavHeader } from './wav-file.ts'

/** A recording that is complete. */
export interface KeptRecording {
  readonly path: string
  /** Of the whole file. */
  readonly bytes: number
  readonly durationMs: number
}

/** The recordings of calls, as files of one folder. */
export interface Recordings {
  /** Where a call is being recorded to; it is a recording once {@link Recordings.finish} was called. Makes the folder. */
  begin(callId: string): Promise<string>
  /** Completes the header and the name. */
  finish(callId: string): Promise<void>
  find(callId: string): Promise<KeptRecording | undefined>
  /** Made at the first time, and kept beside the recording. */
  peaks(callId: string): Promise<Peaks | undefined>
  /** Deletes those of these calls. Resolves to how many there were. */
  remove(callIds: readonly string[]): Promise<number>
  /** Deletes those that ended before. Resolves to how many there were. */
  forget(before: Date): Promise<number>
  /** Completes what a process that died has left. Resolves to how many there were. */
  mend(): Promise<number>
}

const KEPT = '.wav'
const UNFINISHED = '.wav-part'
const PEAKS = '.peaks.json'
/** A file that nobody has written to for so long is nobody's: a recording grows every second. */
const ABANDONED_MS = 30_000

/** The folder beside the database of this URL; `undefined` for a database in memory. */
export const recordingsFolder = (url: string): string | undefined => {
  const file = localPath(url)
  return file === ':memory:' ? undefined : `${file}-recordings`
}

/** The folder's recordings. It is made when the first call is recorded. */
export const openRecordings = (folder: string): Recordings => {
  const file = (callId: string, ending: string): string => join(folder, `${encodeURIComponent(callId)}${ending}`)

  const names = async (ending: string): Promise<string[]> => {
    const all = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    })
    return all.filter((name) => name.endsWith(ending)).map((name) => decodeURIComponent(name.slice(0, -ending.length)))
  }

  const find = async (callId: string): Promise<KeptRecording | undefined> => {
    const path = file(callId, KEPT)
    const found = await stat(path).catch(() => undefined)
    if (!found?.isFile()) return undefined
    const soundBytes = Math.max(0, found.size - WAV_HEADER_BYTES)
    return { path, bytes: found.size, durationMs: Math.floor((soundBytes * 1_000) / BYTES_PER_SECOND) }
  }

  const finish = async (callId: string): Promise<void> => {
    const path = file(callId, UNFINISHED)
    const written = await open(path, 'r+')
    try {
      const { size } = await written.stat()
      // A half sample at the end would swap the channels of whatever is added.
      const soundBytes = Math.max(0, size - WAV_HEADER_BYTES) & ~1
      await written.write(wavHeader(soundBytes), 0, WAV_HEADER_BYTES, 0)
    } finally {
      await written.close()
    }
    await rename(path, file(callId, KEPT))
  }

  const remove = async (callIds: readonly string[]): Promise<number> => {
    let removed = 0
    for (const callId of callIds) {
      // oxlint-disable-next-line no-await-in-loop -- files of one disk
      if (await find(callId)) removed++
      for (const ending of [KEPT, PEAKS, UNFINISHED])
        // oxlint-disable-next-line no-await-in-loop -- as above
        await rm(file(callId, ending), { force: true })
    }
    return removed
  }

  const olderThan = async (ending: string, before: number): Promise<string[]> => {
    const old: string[] = []
    for (const callId of await names(ending)) {
      // oxlint-disable-next-line no-await-in-loop -- files of one disk
      const found = await stat(file(callId, ending)).catch(() => undefined)
      if (found && found.mtimeMs < before) old.push(callId)
    }
    return old
  }

  return {
    async begin(callId) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      return file(callId, UNFINISHED)
    },
    finish,
    find,
    async peaks(callId) {
      const kept = await find(callId)
      if (!kept) return undefined
      const path = file(callId, PEAKS)
      const known = await readFile(path, 'utf8').catch(() => undefined)
      if (known !== undefined) return JSON.parse(known) as Peaks
      const peaks = await readPeaks(kept.path, kept.bytes - WAV_HEADER_BYTES)
      // Without them they are read again the next time.
      await writeFile(path, JSON.stringify(peaks)).catch(() => {})
      return peaks
    },
    remove,
    forget: async (before) => remove(await olderThan(KEPT, before.getTime())),
    async mend() {
      const left = await olderThan(UNFINISHED, Date.now() - ABANDONED_MS)
      for (const callId of left)
        // oxlint-disable-next-line no-await-in-loop -- files of one disk
        await finish(callId).catch(() => {})
      return left.length
    },
  }
}
