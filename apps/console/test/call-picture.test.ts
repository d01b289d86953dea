import { describe, expect, it } from 'vitest'
import { actText } from '../src/pages/call/call-words.ts'
import { entriesOf, entryAt, keepSame, partsOf, turnBeside, wordsHeard } from '../src/pages/call/entries.ts'
import { transcriptText } from '../src/pages/call/export.ts'
import { layoutOf, rowOf } from '../src/pages/call/lane-layout.ts'
import { figuresThatFit, lanesOf, textsThatFit, textsWithRoom } from '../src/pages/call/lanes.ts'
import { inView, loudnessPath, mayZoomIn, mergeStretches, scaleOf, tickText, ticksOf } from '../src/pages/call/scale.ts'
import {
  answerTimes,
  finderIn,
  listenersOf,
  setUpOf,
  silencedIn,
  type Story,
  type Turn,
} from '../src/pages/call/story.ts'

const call = (parts: Partial<Story> = {}): Story => ({
  callId: 'one',
  mode: 'csr',
  direction: 'inbound',
  dialled: '+14155550103',
  startedAt: '2026-11-29T06:17:00.000Z',
  endedAt: '2026-11-29T06:17:24.000Z',
  turns: [],
  problems: [],
  speech: [],
  ...parts,
})

const greeting: Turn = {
  speaker: 'assistant',
  text: 'Hello',
  atMs: 400,
  startedMs: 414,
  endedMs: 6154,
  sentMs: 5740,
  heardMs: 5740,
}
const asks: Turn = { speaker: 'caller', text: 'how does it work', atMs: 8789, startedMs: 6868, endedMs: 8786 }
const cut: Turn = {
  speaker: 'assistant',
  text: 'That —',
  unheard: 'can be arranged.',
  atMs: 9096,
  startedMs: 9121,
  endedMs: 9881,
  sentMs: 1580,
  heardMs: 760,
  latencyMs: 312.67,
  deltaMs: 310.32,
  cut: true,
}
const talk = call({
  turns: [greeting, asks, cut],
  speech: [
    { startedMs: 2_000, endedMs: 2_400, as: 'kept' },
    { startedMs: 6_868, endedMs: 8_787 },
    { startedMs: 9_846, endedMs: 12_089, clearedAfterMs: 1.92 },
    { startedMs: 15_000, endedMs: 15_200, as: 'noise' },
  ],
  tools: [{ name: 'get_appointments', startedAtMs: 12_741, durationMs: 10, outcome: 'done' }],
  phases: [
    { phase: 'warming', atMs: 0 },
    { phase: 'joining', atMs: 42 },
    { phase: 'live', atMs: 79 },
    { phase: 'ended', atMs: 24_000 },
  ],
  latency: { webhook_to_answer: [14], webhook_to_greeting_delta: [418], media_to_greeting_frame: [377] },
})

describe('the lanes of a call', () => {
  it('part what was heard from what was cut', () => {
    const { assistant } = lanesOf(talk)
    expect(assistant.map(({ kind, fromMs, toMs }) => [kind, fromMs, toMs])).toEqual([
      ['heard', 414, 6154],
      ['heard', 9121, 9881],
      ['cut', 9881, 10701],
    ])
  })
  it('show what was generated and never sent as a line behind it', () => {
    const { assistant } = lanesOf(call({ turns: [{ ...cut, generatedMs: 3_000 }] }))
    expect(assistant.at(-1)).toMatchObject({ kind: 'unsent', fromMs: 10_701, toMs: 12_121 })
  })
  it('tell speech from noise and from what was kept for later', () => {
    expect(lanesOf(talk).caller.map(({ kind, turn }) => [kind, turn])).toEqual([
      ['kept', undefined],
      ['spoke', 1],
      ['spoke', undefined],
      ['noise', undefined],
    ])
  })
  it('draw the caller from the turns when an earlier version has recorded the call', () => {
    const { speech: _speech, ...old } = talk
    expect(lanesOf(old as Story).caller).toMatchObject([{ kind: 'spoke', fromMs: 6868, toMs: 8786, turn: 1 }])
  })
  it('mark where the assistant fell silent, and how long after the speech', () => {
    expect(silencedIn(talk, cut)).toEqual({ sentMs: 1.92, earMs: 35 })
    expect(lanesOf(talk).marks).toContainEqual({
      atMs: 9881,
      fromMs: 9846,
      kind: 'silent',
      label: 'interrupted: told to be silent after 1.9 ms, silent in the ear after 35 ms',
      text: '1.9 ms · 35 ms',
    })
  })
  it('let what is being played grow with the clock, and never beyond what was sent', () => {
    const playing: Turn = {
      speaker: 'assistant',
      text: 'one two',
      atMs: 0,
      startedMs: 1_000,
      sentMs: 4_000,
      heardMs: 500,
    }
    const live = call({ turns: [playing], phase: 'live' })
    expect(lanesOf(live, 3_000).assistant).toMatchObject([{ toMs: 3_000 }])
    expect(lanesOf(live, 9_000).assistant).toMatchObject([{ toMs: 5_000 }])
    expect(lanesOf(live, 90_000)).toMatchObject({ nowMs: 90_000, endMs: 90_000 })
    expect(lanesOf(live, 90_001), 'the picture grows in steps').toMatchObject({ nowMs: 90_001, endMs: 95_000 })
  })
  it('end with the call, and name the phases that took time', () => {
    const { endMs, phases } = lanesOf(talk)
    expect(endMs).toBe(24_000)
    expect(phases.map(({ kind, toMs }) => [kind, toMs])).toEqual([
      ['setUp', 42],
      ['setUp', 79],
      ['live', 24_000],
    ])
  })
})

describe('what colleagues do', () => {
  const acts: Story['acts'] = [
    { kind: 'listen', by: 'ann', atMs: 1_000, endedMs: 25_000 },
    { kind: 'note', by: 'bob', atMs: 7_000, text: 'Offer Tuesday.' },
    { kind: 'transfer', by: 'ann', atMs: 9_000, route: 'sales' },
    { kind: 'listen', by: 'cem', atMs: 10_000 },
  ]
  const transfers: Story['transfers'] = [{ kind: 'warm', route: 'sales', label: 'the sales team', atMs: 9_010 }]
  const acted = call({ turns: [greeting], acts, transfers })
  it('stands in the transcript at its place, with who did it', () => {
    const lines = transcriptText(acted, entriesOf(acted)).split('\n')
    expect(lines.slice(2, -1)).toEqual([
      '0:00.4 Assistant: Hello',
      '0:01 Colleague: ann listened in for 24 s',
      '0:07 Colleague: note by bob: Offer Tuesday.',
      '0:09 Colleague: ann transfers the caller to the sales team',
      '0:09 Transfer: the sales team ',
      '0:10 Colleague: cem listens in',
    ])
    expect(actText({ kind: 'transfer', by: 'ann', atMs: 0 })).toBe('ann transfers the caller to a route')
  })
  it('has a row of the picture, where somebody did something', () => {
    const { people, marks } = lanesOf(acted)
    expect(people.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [1_000, 25_000],
      [10_000, 24_000],
    ])
    expect(marks.map(({ kind, text }) => [kind, text])).toEqual([
      ['act', '◉ ann'],
      ['note', '✎ bob'],
      ['act', '↗ ann'],
      ['act', '◉ cem'],
      ['transfer', undefined],
    ])
    expect([...textsWithRoom(marks.slice(0, 4), 5_000)].map(({ text }) => text)).toEqual(['◉ ann', '◉ cem'])
    expect([...textsThatFit(marks, 7_000)].map(({ text }) => text)).toEqual(['◉ ann', '↗ ann'])
    const [without, withRow] = [false, true].map((hasPeople) => layoutOf({ hasPeople, hasSound: hasPeople }))
    expect(withRow!.height).toBeGreaterThan(without!.height)
    expect([rowOf(without!, 'people').height, rowOf(withRow!, 'people').height]).toEqual([0, 22])
  })
  it('is told while the call is up: who listens, each once', () => {
    const { endedAt: _endedAt, ...up } = acted
    const twice = [...acts, { kind: 'listen' as const, by: 'cem', atMs: 11_000 }]
    expect(listenersOf({ ...up, phase: 'live', acts: twice })).toEqual(['cem'])
    expect(listenersOf(acted)).toEqual([])
  })
})

describe('the figures', () => {
  it('of an answer count from the end of the speech before it', () => {
    expect(answerTimes(talk, cut)).toEqual({ deltaMs: 310.32, sentMs: 312.67, heardMs: 335 })
    expect(answerTimes(talk, greeting)).toBeUndefined()
  })
  it('over the budget are marked, and win when there is room for one', () => {
    const slow = lanesOf(call({ turns: [asks, { ...cut, startedMs: 11_000 }] })).figures[0]!
    expect(slow.isOver).toBe(true)
    const quick = { ...slow, atMs: slow.atMs - 100, isOver: false, turn: 7 }
    expect(figuresThatFit([quick, slow], 1_000)).toEqual([slow])
    expect(figuresThatFit([quick, slow], 50)).toHaveLength(2)
  })
  it('of the set-up are in order of time, with the moment the caller was connected', () => {
    expect(setUpOf(talk)).toEqual([
      { name: 'answer', atMs: 14 },
      { name: 'media', atMs: 42 },
      { name: 'delta', atMs: 418 },
      { name: 'frame', atMs: 419 },
    ])
  })
})

describe('the scale', () => {
  it('turns time into pixels and back', () => {
    const scale = scaleOf(24_000, 800, 2)
    expect(scale.widthPx).toBe(1_600)
    expect(scale.x(12_000)).toBe(800)
    expect(scale.ms(400)).toBe(6_000)
  })
  it('is never narrower than its place, nor so wide that nothing is left to see', () => {
    expect(scaleOf(1_000, 800, 64).widthPx).toBe(800)
    expect(scaleOf(1_800_000, 800, 1_024).widthPx).toBe(60_000)
    expect(mayZoomIn(scaleOf(1_000, 800, 1))).toBe(false)
    expect(mayZoomIn(scaleOf(60_000, 800, 1))).toBe(true)
  })
  it('names round times, as many as fit', () => {
    expect(ticksOf(scaleOf(24_000, 800, 1)).slice(0, 3)).toEqual([0, 2_000, 4_000])
    expect(ticksOf(scaleOf(1_800_000, 300, 1))).toEqual([0, 600_000, 1_200_000, 1_800_000])
    expect([tickText(5_000), tickText(72_500)]).toEqual(['0:05', '1:12.5'])
  })
  it('has no more shapes than columns, however long the call is', () => {
    const many = Array.from({ length: 4_000 }, (_, n) => ({
      fromMs: n * 450,
      toMs: n * 450 + 300,
      kind: n % 2 ? 'heard' : 'cut',
    }))
    const merged = mergeStretches(many, scaleOf(1_800_000, 800, 1))
    expect(merged.length).toBeLessThanOrEqual(800)
    expect([merged[0]!.fromMs, merged.at(-1)!.toMs]).toEqual([0, 1_799_850])
  })
  it('draws the loudness of a recording with a step each pixel at most', () => {
    const scale = scaleOf(1_000, 200, 1)
    expect(loudnessPath([0, 100, 25], 100, scale, 20, -10)).toBe('M0 20V20H20V10H40V15H60V20Z')
    const long = loudnessPath(
      Array.from({ length: 2_000 }, (_, n) => n % 100),
      1_000,
      scaleOf(2_000_000, 200, 1),
      20,
      10,
    )
    expect(long.match(/H/g)!.length).toBeLessThanOrEqual(200)
  })
  it('draws only what is in view', () => {
    const two = [
      { fromMs: 0, toMs: 10, kind: 'heard' },
      { fromMs: 100, toMs: 200, kind: 'heard' },
    ]
    expect(inView(two, 50, 120)).toEqual([two[1]])
  })
})

describe('the transcript', () => {
  it('is in order of time, with noise, tools and what was kept', () => {
    expect(entriesOf(talk).map(({ id }) => id)).toEqual([
      'turn-0',
      'speech-2000',
      'turn-1',
      'turn-2',
      'speech-9846',
      'tool-0',
      'speech-15000',
    ])
  })
  it('has what was never heard where it was said', () => {
    const unheard: Turn = { ...cut, text: '', atMs: 9_500, startedMs: 12_500, heardMs: 0 }
    const later: Turn = { ...asks, startedMs: 9_846, endedMs: 12_000 }
    expect(entriesOf(call({ turns: [unheard, later] })).map(({ atMs }) => atMs)).toEqual([9_500, 9_846])
  })
  it('finds the line of a moment, and the turns beside it', () => {
    const entries = entriesOf(talk)
    expect(entryAt(entries, 9_000)?.id).toBe('turn-1')
    expect(entryAt(entries, 0)?.id).toBe('turn-0')
    expect(turnBeside(entries, 6_868, 1)?.id).toBe('turn-2')
    expect(turnBeside(entries, 6_868, -1)?.id).toBe('turn-0')
  })
  it('keeps the lines that have not changed when the call is read again', () => {
    const before = entriesOf(talk)
    const again = keepSame(before, entriesOf({ ...talk, turns: [greeting, asks, { ...cut, heardMs: 800 }] }))
    expect(again.map((entry, at) => entry === before[at])).toEqual([true, true, true, false, true, true, true])
    const parts = partsOf(before, 3)
    expect(parts.map(({ length }) => length)).toEqual([3, 3, 1])
    expect(partsOf(again, 3, parts).map((part, at) => part === parts[at])).toEqual([true, false, true])
  })
  it('does not call words not understood that are deleted', () => {
    expect(entriesOf({ ...talk, turns: [] }).map(({ id }) => id)).toEqual(['tool-0'])
    expect(lanesOf({ ...talk, turns: [] }).caller[1]!.label).toBe('caller: the words are deleted')
  })
  it('finds what was noticed at a moment, on either side', () => {
    const at = finderIn([10, 99, 500], (ms) => ms)
    expect([at(0), at(101), at(140), at(460), at(450), at(1_000)]).toEqual([10, 99, 99, 500, undefined, undefined])
  })
  it('shows of what is being played the words that were heard', () => {
    expect(wordsHeard('one two three four', 1_000, 4_000)).toBe('one')
    expect(wordsHeard('one two', 4_000, 4_000)).toBe('one two')
  })
})
