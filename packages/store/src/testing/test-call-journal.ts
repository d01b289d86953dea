import type { CallChanges, CallStory } from '@llc-phone/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CallFilter } from '../call-filter.ts'
import type { CallJournal } from '../call-journal.ts'

/** A journal under test, empty. */
export interface JournalRig {
  readonly journal: CallJournal
  close(): Promise<void>
}

const story: CallStory = {
  callId: 'call 1',
  legId: 'leg 1',
  mode: 'frontDesk',
  instance: 'front',
  settingsVersion: 4,
  tuningProfile: 'patient',
  language: 'es',
  isTest: true,
  direction: 'inbound',
  caller: '+14155550199',
  dialled: '+14155550101',
  phase: 'ended',
  disposition: 'caller_hung_up',
  promptVersion: '0123456789ab',
  startedAt: '2026-11-22T10:00:00.000Z',
  endedAt: '2026-11-22T10:01:30.500Z',
  turns: [
    {
      speaker: 'assistant',
      text: `Hello, "Acme"; how may —`,
      atMs: 10,
      startedMs: 12,
      endedMs: 712,
      sentMs: 2_000,
      heardMs: 700,
      generatedMs: 2_400,
      cut: true,
      unheard: 'I help?',
      deltaMs: 410.2,
      latencyMs: 412.31,
      usage: { input: { text: 9, audio: 1, cachedText: 5, cachedAudio: 0 }, output: { text: 2, audio: 7 } },
    },
    { speaker: 'caller', text: 'I am José.', atMs: 900 },
  ],
  tools: [
    {
      name: 'take_message',
      startedAtMs: 6_000,
      durationMs: 10_000,
      outcome: 'timed_out',
      input: { text: '•', urgent: true },
      result: { error: 'That took too long.' },
    },
    { name: 'hang_up', startedAtMs: 17_000, durationMs: 1, outcome: 'done' },
  ],
  speech: [
    { startedMs: 200, endedMs: 500, as: 'kept' },
    { startedMs: 700, endedMs: 900, clearedAfterMs: 1.92 },
    { startedMs: 60_000 },
  ],
  phases: [
    { phase: 'warming', atMs: 0 },
    { phase: 'live', atMs: 90 },
  ],
  problems: [
    { code: 'tool_failed', message: 'The tool take_message failed.', atMs: 16_000 },
    { code: 'model_lost', message: 'A reply broke off.', atMs: 16_500 },
    { code: 'model_lost', message: 'A reply broke off again.', atMs: 16_800 },
  ],
  firstWordsMs: 412.31,
  latency: { speech_end_to_frame: [412.31, 398] },
  usage: {
    input: { text: 1_000, audio: 600, cachedText: 700, cachedAudio: 64 },
    output: { text: 90, audio: 1_200 },
  },
  audio: { framesIn: 4_500, framesOut: 1_200, dropped: 0, gapsFilledMs: 20 },
  transfers: [],
  events: [],
}

const { phase: _phase, events: _events, ...told } = story
const bill = { model: 'gpt-realtime-2.1', costUsd: 0.1234 }
const recorded = { ...told, ...bill }

/** So many minutes into the hour of the story. */
const minute = (of: number): string => `2026-11-22T10:0${of}:00.000Z`

/** The contract of the journal, as vitest tests, as far as one process sees it; the fake of the gateway's tests passes it, too. */
export const testCallJournal = (name: string, open: () => Promise<JournalRig>): void => {
  describe(`the journal "${name}"`, () => {
    let rig: JournalRig
    let journal: CallJournal
    beforeEach(async () => {
      rig = await open()
      journal = rig.journal
    })
    afterEach(() => rig.close())

    it('has a call from its beginning, without an end', async () => {
      await journal.begin(story)
      const call = await journal.find('call 1')
      expect(call).toMatchObject({ callId: 'call 1', startedAt: story.startedAt, turns: [] })
      expect(call).not.toHaveProperty('endedAt')
      expect(await journal.recent(10)).toMatchObject([{ callId: 'call 1' }])
    })

    it('gives back the whole story of a call that is over, and what it cost', async () => {
      await journal.begin(story)
      await journal.finish(story, bill)
      expect(await journal.find('call 1')).toEqual(recorded)
    })

    it('keeps a call once, however often and in which order it is told of it', async () => {
      await journal.finish({ ...story, turns: [...story.turns, ...story.turns], tools: [] })
      await journal.finish(story, bill)
      await journal.begin(story)
      expect(await journal.find('call 1')).toEqual(recorded)
      expect(await journal.recent(10)).toHaveLength(1)
    })

    it('keeps all of a story or nothing', async () => {
      await journal.finish(story, bill)
      const broken = { ...story, disposition: 'drained', turns: [{ ...story.turns[0]!, speaker: null }] }
      await expect(journal.finish(broken as unknown as CallStory)).rejects.toMatchObject({ code: 'database_failed' })
      expect(await journal.find('call 1')).toEqual(recorded)
    })

    it('finds a call by our id before that of its leg, and of a leg the latest call', async () => {
      for (const of of [2, 9, 5]) await journal.begin({ ...story, callId: `at ${of}`, startedAt: minute(of) })
      expect(await journal.find('leg 1')).toMatchObject({ callId: 'at 9' })
      await journal.begin({ ...story, callId: 'leg 1', startedAt: minute(1) })
      expect(await journal.find('leg 1')).toMatchObject({ callId: 'leg 1' })
    })

    it('knows nothing of a call that never was, nor by a leg that is not known yet', async () => {
      await journal.begin({ ...story, legId: '' })
      expect(await journal.find('nobody')).toBeUndefined()
      expect(await journal.find('')).toBeUndefined()
    })

    it('lists the latest calls first', async () => {
      for (const of of [2, 9, 5]) await journal.begin({ ...story, callId: `at ${of}`, startedAt: minute(of) })
      expect((await journal.recent(2)).map(({ callId }) => callId)).toEqual(['at 9', 'at 5'])
      const newerThan = { startedAt: new Date(minute(2)), callId: 'at 2' }
      expect(
        (await journal.recent(1, { newerThan })).map(({ callId }) => callId),
        'the next one',
      ).toEqual(['at 5'])
      expect((await journal.recent(5, { newerThan })).map(({ callId }) => callId)).toEqual(['at 9', 'at 5'])
    })

    it('has what a live call has noted, in order, until its end replaces it', async () => {
      const noted = (turns: CallChanges['turns']): CallChanges => ({
        facts: {
          callId: 'call 1',
          legId: 'leg 1',
          direction: 'inbound',
          otherParty: {},
          dialled: '+14155550101' as CallChanges['facts']['dialled'],
          startedAt: new Date(story.startedAt),
        },
        mode: 'frontDesk',
        replaces: false,
        turns,
        tools: [],
        latency: [],
        steps: [],
      })
      const turn = (position: number, text: string) => ({ position, speaker: 'caller' as const, text, atMs: position })
      const at = new Date(minute(1))
      expect(await journal.write([{ ...noted([turn(10, 'one'), turn(30, 'three')]), replaces: true }], at)).toEqual([])
      await journal.write([noted([turn(20, 'two'), turn(30, 'three and more'), turn(10, '')])], at)
      expect((await journal.find('call 1'))?.turns.map(({ text }) => text)).toEqual(['two', 'three and more'])
      await journal.finish(story, bill)
      expect(await journal.find('call 1')).toEqual(recorded)
    })

    it('says of a caller who stayed on the line when the assistant left, and when the leg ended', async () => {
      const { endedAt: assistantEndedAt, ...rest } = story
      const transfers = [{ kind: 'fallback' as const, route: 'fallback', label: 'the desk', atMs: 90_000 }]
      const there = { ...rest, disposition: 'fallback' as const, assistantEndedAt: new Date().toISOString(), transfers }
      await journal.finish(there, bill)
      expect(await journal.find('call 1')).toEqual({
        ...told,
        ...bill,
        ...there,
        endedAt: undefined,
        phase: undefined,
        events: undefined,
      })
      const at = new Date(Date.parse(there.assistantEndedAt) + 60_000)
      expect(await journal.legReported('leg 1', { transfer: 'bridged', isOver: true }, at)).toBe(true)
      expect(await journal.find('call 1')).toMatchObject({
        assistantEndedAt: there.assistantEndedAt,
        endedAt: at.toISOString(),
        transfers: [{ ...transfers[0], outcome: 'bridged' }],
      })
      expect(await journal.legReported('leg 1', { isOver: true }, new Date())).toBe(false)
      expect(await journal.legReported('leg 9', { isOver: true }, at)).toBe(false)
      expect(assistantEndedAt).toBeDefined()
    })

    it('takes a leg for ended whose end nobody reported for hours', async () => {
      const { endedAt: assistantEndedAt, ...rest } = story
      await journal.finish({ ...rest, disposition: 'transferred', assistantEndedAt: assistantEndedAt! }, bill)
      expect(await journal.find('call 1')).toMatchObject({ endedAt: assistantEndedAt })
    })

    const filters: readonly (readonly [string, CallFilter, readonly string[]])[] = [
      ['nothing', {}, ['at 9', 'at 5', 'at 2']],
      ['words in any order, one of them begun', { words: 'JOSE ac*' }, ['at 9']],
      ['only whole words', { words: 'ac' }, []],
      ['words that nobody said', { words: 'jose missing' }, []],
      ['no words at all', { words: '…' }, []],
      ["the caller's number", { number: '+14155550199' }, ['at 9', 'at 2']],
      ['our number', { number: '+14155550101' }, ['at 9', 'at 5', 'at 2']],
      ['the end of a number', { number: '0177' }, ['at 5']],
      ['an instance', { instance: 'front' }, ['at 9', 'at 2']],
      ['a direction', { direction: 'outbound' }, ['at 5']],
      ['an outcome', { outcome: 'fallback' }, ['at 2']],
      ['a problem', { problem: 'model_lost' }, ['at 9']],
      ['any problem', { problem: 'any' }, ['at 9', 'at 2']],
      ['part of a code', { problem: 'model' }, []],
      ['slow first words', { slowerThanMs: 412 }, ['at 9']],
      ['a beginning and an end', { from: new Date(minute(5)), to: new Date(minute(9)) }, ['at 5']],
      ['tests', { isTest: true }, ['at 9', 'at 2']],
      ['no tests', { isTest: false }, ['at 5']],
      ['a version of the settings', { settingsVersion: 5 }, ['at 5']],
      ['a tuning profile', { tuningProfile: 'patient' }, ['at 9', 'at 2']],
      ['two things at once', { problem: 'any', outcome: 'caller_hung_up' }, ['at 9']],
    ]
    it.each(filters)('lists by %s', async (_, filter, expected) => {
      const { isTest: _test, ...real } = story
      const turns = [{ speaker: 'caller' as const, text: 'Nothing else.', atMs: 1 }]
      const quiet = { ...real, turns, problems: [], firstWordsMs: 200 }
      await journal.finish({ ...story, callId: 'at 9', startedAt: minute(9) })
      await journal.finish({
        ...quiet,
        callId: 'at 5',
        startedAt: minute(5),
        caller: '+14155550177',
        direction: 'outbound',
        instance: 'back',
        settingsVersion: 5,
        tuningProfile: 'quick',
      })
      const problems = [{ code: 'tool_failed', message: 'It failed.', atMs: 1 }]
      await journal.finish({
        ...quiet,
        callId: 'at 2',
        startedAt: minute(2),
        disposition: 'fallback',
        problems,
        isTest: true,
      })
      const found = await journal.recent(10, { filter })
      expect(found.map(({ callId }) => callId)).toEqual(expected)
      const before = { startedAt: new Date(minute(9)), callId: 'at 9' }
      const behind = await journal.recent(1, { filter, before })
      expect(behind.map(({ callId }) => callId)).toEqual(expected.filter((id) => id !== 'at 9').slice(0, 1))
    })

    it('lists a call with the codes of its problems and where its caller went', async () => {
      const transfers = [{ kind: 'cold' as const, route: 'sales', label: 'sales', atMs: 5, outcome: 'busy' as const }]
      await journal.finish({ ...story, transfers }, bill)
      expect(await journal.recent(1)).toMatchObject([
        { problemCodes: ['tool_failed', 'model_lost'], transfers, firstWordsMs: 412.31 },
      ])
    })

    it('does not cut off the calls of a process that lives', async () => {
      await journal.begin(story)
      for (const of of [1, 5, 9]) expect(await journal.tend(new Date(minute(of)))).toBe(0)
      expect(await journal.find('call 1')).not.toHaveProperty('endedAt')
    })
  })
}
