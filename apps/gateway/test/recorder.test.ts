import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { CallSession, GatewayError, TrackBlock, TrackListener } from '@llc-phone/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createRecorder, type RecordingOutcome } from '../src/recording/recorder.ts'
import { openRecordings, type Recordings } from '../src/recording/recordings.ts'
import { BYTES_PER_SECOND, WAV_HEADER_BYTES } from '../src/recording/wav-file.ts'
import { createLog } from '../src/watching/log.ts'

const BLOCK_MS = 100

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llc-recorder-'))
})
afterEach(async () => {
  vi.useRealTimers()
  await rm(folder, { recursive: true, force: true })
})

/** A call whose audio the test tells, and a recorder of it. */
const recorded = (
  options: { readonly recordings?: Recordings; readonly diskWithinMs?: number; open?(path: string): Writable } = {},
) => {
  const listeners = new Set<TrackListener>()
  const reported: string[] = []
  const outcomes: RecordingOutcome[] = []
  let atMs = 0
  const call = {
    facts: { callId: 'call 1' },
    mode: { recordsCalls: true },
    listen(listener: TrackListener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    report: ({ code }: GatewayError) => void reported.push(code),
  } as unknown as CallSession
  const recorder = createRecorder({
    recordings: openRecordings(folder),
    log: createLog({ level: 'silent', secrets: [] }),
    over: (outcome) => void outcomes.push(outcome),
    ...options,
  })
  recorder.begin(call)
  return {
    recorder,
    listeners,
    reported,
    outcomes,
    /** The call goes on for so long; nothing is awaited in it. */
    talk(ms: number) {
      for (const end = atMs + ms; atMs < end; atMs += BLOCK_MS) {
        const block: TrackBlock = { atMs, caller: Buffer.alloc(800, 0x10), assistant: Buffer.alloc(800, 0x20) }
        for (const { block: tell } of listeners) tell(block)
      }
    },
    hangUp() {
      for (const { over } of listeners) over()
    },
  }
}
const given = async (done: () => boolean) => vi.waitFor(() => expect(done()).toBe(true), { timeout: 8_000 })

it('a folder that is missing is made, also its parents', async () => {
  const deep = join(folder, 'not', 'there')
  const rig = recorded({ recordings: openRecordings(deep) })
  rig.talk(2_000)
  rig.hangUp()
  await rig.recorder.stop()
  expect([rig.outcomes, rig.reported]).toEqual([['kept'], []])
  expect((await readFile(join(deep, (await readdir(deep))[0]!))).length).toBe(WAV_HEADER_BYTES + 2 * BYTES_PER_SECOND)
})

it.each<[string, () => Promise<Parameters<typeof recorded>[0]>]>([
  [
    'is no folder',
    async () => {
      await writeFile(join(folder, 'file'), '')
      return { recordings: openRecordings(join(folder, 'file')) }
    },
  ],
  [
    'is read-only',
    async () => ({
      recordings: {
        ...openRecordings(folder),
        begin: () => Promise.reject(Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' })),
      },
    }),
  ],
  ['has the file of somebody else', async () => (await writeFile(join(folder, 'call%201.wav-part'), 'x'), {})],
  [
    'is full',
    async () => ({
      open: () =>
        new Writable({
          write: (_chunk, _encoding, done) => done(Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })),
        }),
    }),
  ],
])('where the place for recordings %s, the call goes on and has a problem with a code', async (_what, make) => {
  const rig = recorded(await make())
  rig.talk(3_000)
  await given(() => rig.outcomes.length > 0)
  // Nothing is collected any more, and nothing is said twice.
  rig.talk(60_000)
  rig.hangUp()
  await rig.recorder.stop()
  expect([rig.outcomes, rig.reported, rig.listeners.size]).toEqual([['failed'], ['recording_failed'], 0])
})

it('a disk that stalls costs the recording after a hundred seconds of sound, and no memory beyond', async () => {
  let held = 0
  const rig = recorded({
    open: () => new Writable({ highWaterMark: 1, write: (chunk: Buffer) => void (held += chunk.length) }),
  })
  await vi.waitFor(() => expect(held).toBe(WAV_HEADER_BYTES))
  rig.talk(90_000)
  expect(rig.listeners.size).toBe(1)
  rig.talk(20_000)
  expect(rig.listeners.size, 'given up').toBe(0)
  rig.talk(3_600_000)
  await given(() => rig.outcomes.length > 0)
  expect([rig.outcomes, rig.reported]).toEqual([['failed'], ['recording_failed']])
})

it.each<[string, Partial<Recordings>]>([
  ['to make the folder', { begin: () => new Promise(() => {}) }],
  ['to complete the file', { finish: () => new Promise(() => {}) }],
])(
  'a disk that never answers when it is asked %s keeps nobody waiting',
  async (_what, hangs) => {
    const rig = recorded({ recordings: { ...openRecordings(folder), ...hangs }, diskWithinMs: 300 })
    rig.talk(2_000)
    rig.hangUp()
    await rig.recorder.stop()
    expect([rig.outcomes, rig.reported]).toEqual([['failed'], ['recording_failed']])
  },
  15_000,
)

it('a file that vanishes during the call is said to be lost', async () => {
  const rig = recorded()
  rig.talk(2_000)
  await vi.waitFor(async () => expect(await readdir(folder)).toHaveLength(1))
  await rm(join(folder, 'call%201.wav-part'))
  rig.talk(2_000)
  rig.hangUp()
  await rig.recorder.stop()
  expect([rig.outcomes, rig.reported]).toEqual([['failed'], ['recording_failed']])
  expect(await readdir(folder)).toEqual([])
})
