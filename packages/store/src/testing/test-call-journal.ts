import type { CallChanges, CallStory } from '@llc-phone/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CallJournal } from '../books/call-journal.ts'

/** A journal under test, empty. */
export interface JournalRig {
  readonly journal: CallJournal
  close(): Promise<void>
}

const story: CallStory = {
  callId: 'call 1',
  legId: 'leg 1',
  mode: 'receptionist',
  instance: 'frontDesk',
  settingsVersion: 7,
  tuningProfile: 'calm',
  direction: 'inbound',
  caller: '+14155550199',
  dialled: '+14155550101',
  phase: 'ended',
  disposition: 'caller_hung_up',
  promptVersion: '0123456789ab',
  startedAt: '2026-11-22T10:00:00.000Z',
  endedAt: '2026-11-22T10:01:30.500Z',
  turns: [{ speaker: 'assistant', text: `Hello, "Acme"; how may I help?`, atMs: 10 }],
  tools: [{ name: 'take_message', startedAtMs: 6_000, durationMs: 10_000, outcome: 'timed_out' }],
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
      const broken = { ...story, disposition: 'drained', turns: [{ ...story.turns[0]!, text: null }] }
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

    it('does not cut off the calls of a process that lives', async () => {
      await journal.begin(story)
      for (const of of [1, 5, 9]) expect(await journal.tend(new Date(minute(of)))).toBe(0)
      expect(await journal.find('call 1')).not.toHaveProperty('endedAt')
    })
  })
}
