import { mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, afterEach, expect, it } from 'vitest'
import { openRecordings } from '../src/recording/recordings.ts'
import { interleaved, WAV_HEADER_BYTES, wavHeader } from '../src/recording/wav-file.ts'
import { rangeOf } from '../src/routes/call-recording.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llc-recordings-'))
})
afterEach(() => rm(folder, { recursive: true }))

const age = (path: string, ms: number) => utimes(path, new Date(Date.now() - ms), new Date(Date.now() - ms))

it('what a process that died has left is completed, and what is still written is not', async () => {
  const recordings = openRecordings(folder)
  const sound = interleaved(Buffer.alloc(800, 0x00), Buffer.alloc(800, 0xff))
  const left = await recordings.begin('left')
  await writeFile(left, Buffer.concat([wavHeader(0), sound]))
  await age(left, 60_000)
  await writeFile(await recordings.begin('running'), Buffer.concat([wavHeader(0), sound]))
  expect(await recordings.mend()).toBe(1)
  expect(await recordings.find('running')).toBeUndefined()
  const kept = await recordings.find('left')
  expect(kept).toMatchObject({ durationMs: 100, bytes: WAV_HEADER_BYTES + 1_600 })
  const wav = await readFile(kept!.path)
  expect([wav.readUInt32LE(4), wav.readUInt32LE(46), wav.readUInt32LE(54)]).toEqual([wav.length - 8, 800, 1_600])
  expect(await recordings.peaks('left')).toMatchObject({
    stepMs: 20,
    caller: [100, 100, 100, 100, 100],
    assistant: [0, 0, 0, 0, 0],
  })
  expect(await openRecordings(folder).peaks('left'), 'as kept').toMatchObject({ durationMs: 100 })
})

it('recordings are deleted when they are old, and with a caller', async () => {
  const recordings = openRecordings(folder)
  for (const callId of ['old', 'new', 'theirs']) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await writeFile(await recordings.begin(callId), wavHeader(0))
    // oxlint-disable-next-line no-await-in-loop -- as above
    await recordings.finish(callId)
  }
  await age((await recordings.find('old'))!.path, 3_600_000)
  expect(await recordings.forget(new Date(Date.now() - 1_800_000))).toBe(1)
  expect(await recordings.remove(['theirs', 'unknown'])).toBe(1)
  expect([await recordings.find('old'), await recordings.find('theirs')]).toEqual([undefined, undefined])
  expect(await recordings.find('new')).toBeDefined()
  expect(await openRecordings(join(folder, 'none')).mend()).toBe(0)
})

it.each([
  [undefined, undefined],
  ['bytes=0-', { start: 0, end: 99 }],
  ['bytes=10-19', { start: 10, end: 19 }],
  ['bytes=-10', { start: 90, end: 99 }],
  ['bytes=50-500', { start: 50, end: 99 }],
  ['bytes=100-', 'none'],
  ['bytes=0-1,5-6', undefined],
  ['lines=1', undefined],
])('a player asks for %s', (header, range) => {
  expect(rangeOf(header, 100)).toEqual(range)
})
