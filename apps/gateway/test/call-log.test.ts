import { mkdtempSync, rmSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GatewayError, parseLog, type CallSession, type CallStory } from '@llc-phone/core'
import { fakeClock, settle } from '@llc-phone/core/testing'
import { openSpool, type Spool } from '@llc-phone/database'
import { type CallExtras, type CallJournal, type RecordedCall } from '@llc-phone/store'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createUnwritten } from '../src/watching/unwritten.ts'
import { createCallLog } from '../src/watching/call-log.ts'
import { createLog } from '../src/watching/log.ts'
import { memoryJournal } from './support/memory-journal.ts'

const storyOf = (callId: string, words = 'Hello'): CallStory => ({
  callId,
  legId: `CA ${callId}`,
  mode: 'frontDesk',
  direction: 'inbound',
  dialled: '+14155550101',
  phase: 'ended',
  disposition: 'caller_hung_up',
  startedAt: '2026-11-22T10:00:00.000Z',
  endedAt: '2026-11-22T10:01:30.500Z',
  turns: [{ speaker: 'caller', text: words, atMs: 10 }],
  tools: [],
  transfers: [{ kind: 'cold', atMs: 20, outcome: 'busy' }],
  latency: {},
  usage: { input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 }, output: { text: 0, audio: 0 } },
  audio: { framesIn: 0, framesOut: 0, dropped: 0, gapsFilledMs: 0 },
  events: [],
})

const settings = {
  direction: 'inbound',
  greets: true,
  machine: { action: 'continue' },
  shield: 'full',
  patience: { silenceMs: 20_000, checkIns: 2, keysMs: 3_500, maxDurationMs: 60_000 },
  keypad: {},
  bargeInGuarded: false,
  lineCan: {},
  modelCan: {},
}
const recorded = [
  { atMs: 0, event: { type: 'opened', settings } },
  { atMs: 900, event: { type: 'toolSettled', toolCallId: 't', output: '"a secret"', spoken: true } },
].map((entry) => JSON.stringify(entry))

const callOf = (callId: string, words?: string, lines = recorded): CallSession => {
  let left = lines
  return {
    facts: { callId, legId: `CA ${callId}`, startedAt: new Date('2026-11-22T10:00:00.000Z') },
    mode: { name: 'frontDesk', promptVersion: 'abc' },
    story: () => storyOf(callId, words),
    takeEvents() {
      const taken = { lines: left, truncated: false }
      left = []
      return taken
    },
  } as unknown as CallSession
}

const full = new GatewayError('database_failed', 'The disk of the database is full.')

const aFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'llc-phone-gateway-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const callLog = (journal: CallJournal, spool?: Spool, keepEvents = false) => {
  const clock = fakeClock()
  const lines: string[] = []
  const log = createLog({ level: 'info', secrets: [], stream: { write: (line) => void lines.push(line) } })
  const calls = createCallLog({
    journal,
    model: 'gpt-realtime-2.1',
    log,
    clock,
    ...(spool ? { spool } : {}),
    keepEvents,
  })
  return { calls, clock, logText: () => lines.join('') }
}

it('a call that ends while the disk is full is in the journal when there is room again, hours later', async () => {
  const { journal, kept, disk } = memoryJournal()
  const { calls, clock, logText } = callLog(journal)
  calls.start()
  disk.fails = full
  calls.ended(callOf('call 1'))
  await clock.advance(6 * 3_600_000)
  expect([...kept]).toEqual([])
  expect(logText()).toContain('the story is kept until it can be')
  disk.fails = undefined
  await clock.advance(3_000)
  expect(kept.get('call 1')).toMatchObject({
    turns: [{ text: 'Hello' }],
    transfers: [{ kind: 'cold', outcome: 'busy' }],
    model: 'gpt-realtime-2.1',
    costUsd: 0,
  })
})

it('what became of a caller after the end replaces the story, also of one that could not be written', async () => {
  const { journal, kept, disk } = memoryJournal()
  const { calls, clock } = callLog(journal)
  calls.start()
  disk.fails = full
  calls.ended(callOf('call 1', 'Hello'))
  expect([...calls.unwritten]).toEqual(['call 1'])
  await clock.advance(1_000)
  disk.fails = undefined
  calls.changed(callOf('call 1', 'Hello again', []))
  await clock.advance(10_000)
  expect(kept.get('call 1')).toMatchObject({ turns: [{ text: 'Hello again' }] })
  expect([...calls.unwritten]).toEqual([])
  // Without a session here, the journal alone is told.
  await journal.finish({
    ...storyOf('call 2'),
    endedAt: undefined,
    assistantEndedAt: new Date().toISOString(),
  } as never)
  calls.legReported('CA call 2', { isOver: true })
  await calls.flush()
  expect(await journal.find('call 2')).toHaveProperty('endedAt')
})

it('a call that ended while the database was locked is written by the next process', async () => {
  const spool = openSpool(`file:${join(aFolder(), 'a.db')}`)!
  const before = memoryJournal()
  before.disk.fails = full
  const old = callLog(before.journal, spool)
  old.calls.start()
  old.calls.ended(callOf('call 1'))
  await old.calls.flush()
  expect([...before.kept]).toEqual([])

  const { journal, kept } = memoryJournal()
  const young = callLog(journal, spool)
  young.calls.start()
  await vi.waitFor(() => expect(kept.get('call 1')).toMatchObject({ turns: [{ text: 'Hello' }] }))
  await young.calls.flush()
  // What was written is written once.
  const third = memoryJournal()
  const last = callLog(third.journal, spool)
  last.calls.start()
  await last.calls.flush()
  expect([...third.kept]).toEqual([])
})

it('a story that the spool does not take either is held in memory', async () => {
  const { journal, kept, disk } = memoryJournal()
  const spool: Spool = { add: () => Promise.reject(full), drain: () => Promise.resolve() }
  const { calls, clock } = callLog(journal, spool)
  calls.start()
  disk.fails = full
  calls.ended(callOf('call 1'))
  await clock.advance(60_000)
  disk.fails = undefined
  await clock.advance(3_000)
  expect([...kept.keys()]).toEqual(['call 1'])
})

it('a story that nothing has taken by the time the process ends is lost, and the log says which call', async () => {
  const { journal, disk } = memoryJournal()
  const spool: Spool = { add: () => Promise.reject(full), drain: () => Promise.resolve() }
  const { calls, logText } = callLog(journal, spool)
  disk.fails = full
  calls.ended(callOf('call-1'))
  await settle()
  expect(logText()).not.toContain('journal not written"')
  await calls.flush()
  expect(logText()).toMatch(/"callId":"call-1".*"msg":"journal not written"/)
})

it('an outage does not cost the live calls their memory: what does not fit is lost, and the log says which call', async () => {
  const { journal, kept, disk } = memoryJournal()
  const { calls, clock, logText } = callLog(journal)
  calls.start()
  disk.fails = full
  for (let n = 0; n < 20; n++) calls.ended(callOf(`call ${n}`, 'x'.repeat(1_000_000)))
  await settle()
  expect(logText()).toMatch(/"callId":"call 17".*"msg":"journal not written"/)
  disk.fails = undefined
  await vi.waitFor(async () => {
    await clock.advance(3_000)
    expect(kept.size).toBe(16)
  })
})

it('stories that are held in memory are not lost for the room of their logs', async () => {
  const { journal, kept, disk } = memoryJournal()
  const log = createLog({ level: 'info', secrets: [], stream: { write: () => {} } })
  const unwritten = createUnwritten({ journal, spool: undefined, log })
  disk.fails = full
  const { phase: _phase, events: _events, ...story } = callOf('any').story()
  const events = { version: 1, gzip: 'x'.repeat(1_000_000) }
  for (let n = 0; n < 40; n++) await unwritten.keep({ ...story, callId: `call ${n}`, log: events })
  disk.fails = undefined
  await unwritten.write()
  expect(kept.size).toBe(40)
  expect([...kept.values()].filter((call) => call.log)).toHaveLength(8)
})

it('remembers the latest thousand stories that a database refuses', async () => {
  const { journal } = memoryJournal()
  const asked: string[] = []
  const refusing: Pick<CallJournal, 'finish'> = {
    finish(call) {
      asked.push(call.callId)
      return Promise.reject(new TypeError('refused'))
    },
  }
  const log = createLog({ level: 'fatal', secrets: [], stream: { write: () => {} } })
  const unwritten = createUnwritten({ journal: { ...journal, ...refusing }, spool: undefined, log })
  const { phase: _phase, events: _events, ...story } = callOf('any').story()
  for (let n = 0; n <= 1_000; n++) await unwritten.keep({ ...story, callId: `call ${n}` })
  asked.length = 0
  for (const n of [1, 1_000, 0]) await unwritten.keep({ ...story, callId: `call ${n}` })
  expect(asked).toEqual(['call 0'])
})

it('a story that a working database refuses is not in the way of the others', async () => {
  const { journal, kept, disk } = memoryJournal()
  const spool = openSpool(`file:${join(aFolder(), 'a.db')}`)!
  const { calls, clock, logText } = callLog(journal, spool)
  disk.fails = full
  for (const callId of ['a', 'refused', 'z']) calls.ended(callOf(callId))
  calls.start()
  await vi.waitFor(() => expect(logText().match(/kept until it can be/g)).toHaveLength(3))
  disk.fails = undefined
  await clock.advance(3_000)
  await vi.waitFor(() => expect([...kept.keys()].toSorted()).toEqual(['a', 'z']))
  for (let n = 0; n < 3; n++) await clock.advance(3_000)
  expect(logText().match(/"msg":"journal not written"/g)).toHaveLength(1)
  await calls.flush()
})

it('what is no story in the folder of stories stays there, and is in the way of none', async () => {
  const { journal, kept } = memoryJournal()
  const spool = openSpool(`file:${join(aFolder(), 'a.db')}`)!
  for (const [name, value] of Object.entries({ a: null, b: {}, c: [], d: 'text' })) await spool.add(name, value)
  const { phase: _phase, events: _events, ...story } = callOf('call 1').story()
  await spool.add('z', story)
  const { calls } = callLog(journal, spool, true)
  calls.start()
  await vi.waitFor(() => expect([...kept.keys()]).toEqual(['call 1']))
  await calls.flush()
})

it('calls that a crash has cut off are closed from the start on, and the operator is told how many', async () => {
  const { journal } = memoryJournal()
  const asked: string[] = []
  const { calls, clock, logText } = callLog({
    ...journal,
    async tend(at) {
      asked.push(at.toISOString().slice(17, 19))
      return asked.length === 3 ? 2 : 0
    },
  })
  calls.start()
  await clock.advance(9_000)
  expect(asked).toEqual(['00', '03', '06', '09'])
  expect(logText()).toMatch(/"calls":2,"msg":"calls of a process that died are closed as cut off"/)
  await calls.flush()
  await clock.advance(9_000)
  expect(asked).toHaveLength(4)
})

const logIn = (story: (RecordedCall & Pick<CallExtras, 'log'>) | undefined) =>
  parseLog(gunzipSync(Buffer.from(story!.log!.gzip, 'base64')).toString())

it('the log of a call is kept with its story, without words, also when the database has been away', async () => {
  const { journal, kept, disk } = memoryJournal()
  const spool = openSpool(`file:${join(aFolder(), 'a.db')}`)!
  const { calls, clock, logText } = callLog(journal, spool, true)
  calls.ended(callOf('at once'))
  await vi.waitFor(() => expect(kept.size).toBe(1))
  disk.fails = full
  calls.start()
  calls.ended(callOf('later'))
  await vi.waitFor(() => expect(logText()).toContain('the story is kept until it can be'))
  disk.fails = undefined
  await clock.advance(3_000)
  await vi.waitFor(() => expect(kept.size).toBe(2))
  for (const callId of ['at once', 'later']) {
    const log = logIn(kept.get(callId))
    expect(log).toMatchObject({ version: 1, callId, mode: 'frontDesk', startedAt: '2026-11-22T10:00:00.000Z' })
    expect(log.entries.map(({ event }) => event.type)).toEqual(['opened', 'toolSettled'])
    expect(JSON.stringify(log)).not.toContain('a secret')
  }
  await calls.flush()
})

it('no log is kept where that is switched off, and the call lets go of its own', async () => {
  const { journal, kept } = memoryJournal()
  const { calls } = callLog(journal)
  const call = callOf('call 1')
  calls.ended(call)
  await calls.flush()
  expect(kept.get('call 1')).not.toHaveProperty('log')
  expect(call.takeEvents().lines).toEqual([])
})

it('a log that cannot be read back costs nobody the story', async () => {
  const { journal, kept } = memoryJournal()
  const { calls, logText } = callLog(journal, undefined, true)
  calls.ended(callOf('call 1', 'Hello', ['{"atMs":0,"event":{"type":"mediaAttached"}}']))
  await calls.flush()
  expect(kept.get('call 1')).toMatchObject({ turns: [{ text: 'Hello' }] })
  expect(logText()).toContain('log of a call not kept')
})

it('stories of a caller who is deleted do not come back from the folder or from memory', async () => {
  const { journal, kept, disk } = memoryJournal()
  const spool = openSpool(`file:${join(aFolder(), 'a.db')}`)!
  disk.fails = full
  for (const waiting of [callLog(journal, spool), callLog(journal)]) {
    waiting.calls.ended(callOf('theirs'))
    waiting.calls.ended(callOf('other'))
    expect(await waiting.calls.forget('+19995550100', ['theirs'])).toBe(1)
    disk.fails = undefined
    await waiting.calls.flush()
    expect([...kept.keys()]).toEqual(['other'])
    kept.clear()
    disk.fails = full
  }
})
