import { describe, expect, test } from 'vitest'
import { heardOf } from '../src/report/heard-of.ts'
import { measureCall, spreadOf } from '../src/report/measure.ts'
import { renderReport } from '../src/report/render.ts'
import { overlapMs, soundsOn } from '../src/report/sounds.ts'
import { decodeUlaw, encodeUlaw } from '@llc-phone/virtual-carrier/ulaw'
import type { TimelineEntry } from '@llc-phone/virtual-carrier/types'
import { tone } from './twilio-gateway.ts'

const CALL_MS = 20_000
/** A track with sound at these times. */
function track(...sounds: [fromMs: number, untilMs: number][]): Buffer {
  const made = Buffer.alloc(CALL_MS * 8, 0xff)
  for (const [fromMs, untilMs] of sounds) tone(untilMs - fromMs).copy(made, fromMs * 8)
  return made
}
const answered: TimelineEntry[] = [
  { atMs: 0, type: 'webhook' },
  { atMs: 100, type: 'answered' },
]
const ended = (atMs: number): TimelineEntry => ({ atMs, type: 'ended' })
const measure = (caller: Buffer, heard: Buffer, timeline: TimelineEntry[]) =>
  measureCall({ timeline, tracks: { caller, heard } })

describe('sounds on a track', () => {
  test('a short pause belongs to the sentence, a long one ends it, a click is nothing', () => {
    expect(soundsOn(track([1000, 1500], [1800, 2000], [2500, 3000]))).toEqual([
      { fromMs: 1000, untilMs: 2000 },
      { fromMs: 2500, untilMs: 3000 },
    ])
    expect(soundsOn(track([1000, 1020]))).toEqual([])
    expect(soundsOn(Buffer.alloc(0))).toEqual([])
  })
  test('both at once is counted once', () => {
    expect(
      overlapMs(
        [{ fromMs: 0, untilMs: 1000 }],
        [
          { fromMs: 400, untilMs: 600 },
          { fromMs: 900, untilMs: 2000 },
        ],
      ),
    ).toBe(300)
  })
})

describe('a conversation', () => {
  // Greeting, question, answer after 800 ms, question, answer after 1400 ms.
  const report = measure(track([3000, 4000], [8000, 9000]), track([600, 2000], [4800, 7000], [10_400, 12_000]), [
    ...answered,
    { atMs: 3000, type: 'caller-start', text: 'one' },
    { atMs: 8000, type: 'caller-start', text: 'two' },
    ended(13_100),
  ])
  test('the first sound counts from the answer and from the webhook', () => {
    expect(report.firstAudio).toEqual({ afterAnswerMs: 500, afterWebhookMs: 600 })
    expect(report.callMs).toBe(13_000)
  })
  test('each answer counts from the end of what the caller said', () => {
    expect(report.turns).toEqual([
      { text: 'one', endedAtMs: 4000, answeredAfterMs: 800 },
      { text: 'two', endedAtMs: 9000, answeredAfterMs: 1400 },
    ])
    expect(report.answers).toEqual({ count: 2, p50: 800, p95: 1400, max: 1400 })
  })
  test('only silence above a second where an answer is owed is dead air', () => {
    // Not the second between the greeting and the caller, nor the 800 ms.
    expect(report.deadAir).toEqual({ spans: [{ fromMs: 9000, forMs: 1400 }], longestMs: 1400, totalMs: 1400 })
    expect(report.talkOverMs).toBe(0)
  })
})

test('a gateway that never says anything: dead air from the answer on, and no figures that did not happen', () => {
  const report = measure(track([5000, 6000]), track(), [...answered, ended(14_000)])
  expect(report.firstAudio).toEqual({ afterAnswerMs: null, afterWebhookMs: null })
  expect(report.turns).toMatchObject([{ answeredAfterMs: null }])
  expect(report.answers).toEqual({ count: 0 })
  expect(report.deadAir.spans).toEqual([
    { fromMs: 100, forMs: 4900 },
    { fromMs: 6000, forMs: 8000 },
  ])
  expect(renderReport(report)).toContain('first audio             never')
})

test('a call that nobody answered has nothing to measure', () => {
  const report = measure(track(), track(), [{ atMs: 0, type: 'webhook' }, ended(300)])
  expect(report).toMatchObject({ callMs: 0, turns: [], deadAir: { spans: [] } })
})

test('an interruption counts until the assistant is silent, and its answer from the end of the caller’s words', () => {
  const report = measure(track([3000, 4500]), track([600, 3120], [5200, 7000]), [...answered, ended(9000)])
  expect(report.interruptions).toMatchObject([{ atMs: 3000, silentAfterMs: 120 }])
  expect(report.silences).toEqual({ count: 1, p50: 120, p95: 120, max: 120 })
  expect(report.turns).toMatchObject([{ answeredAfterMs: 700 }])
  expect(report.talkOverMs).toBe(120)
})

test('an assistant that talks on through the caller owes nothing before it has stopped', () => {
  const report = measure(track([3000, 4000]), track([600, 9000], [10_500, 11_000]), [...answered, ended(12_000)])
  expect(report.interruptions).toMatchObject([{ silentAfterMs: 6000 }])
  expect(report.deadAir.spans).toEqual([{ fromMs: 9000, forMs: 1500 }])
  expect(report.talkOverMs).toBe(1000)
})

test('an answer that begins before the caller has finished took no time, and is talking over them', () => {
  const report = measure(track([3000, 4000]), track([600, 2000], [3600, 6000]), [...answered, ended(9000)])
  expect(report.turns).toMatchObject([{ answeredAfterMs: 0 }])
  expect(report).toMatchObject({ talkOverMs: 400, interruptions: [], deadAir: { spans: [] } })
})

test('a key is owed an answer like words, from the last digit on', () => {
  const keys: TimelineEntry[] = [3000, 3200].map((atMs, index) => ({ atMs, type: 'dtmf', digits: String(index + 1) }))
  const report = measure(track(), track([600, 2000], [4700, 6000]), [...answered, ...keys, ended(9000)])
  expect(report.turns).toEqual([{ text: 'key 12', endedAtMs: 3200, answeredAfterMs: 1500 }])
  expect(report.deadAir.longestMs).toBe(1500)
})

test('clears and marks are counted', () => {
  const more = (['clear', 'mark', 'mark', 'mark-echoed'] as const).map((type) => ({ atMs: 700, type }))
  const report = measure(track(), track([600, 2000]), [...answered, ...more, ended(3000)])
  expect(report).toMatchObject({ clears: 1, marks: { sent: 2, echoed: 1 } })
})

describe('what the model was told of what was heard', () => {
  // Something as uneven as speech: bursts of changing loudness.
  const sentence = encodeUlaw(
    Int16Array.from({ length: 4000 * 8 }, (_, i) => {
      const hop = Math.floor(i / 640)
      return Math.sin(i / 2) * 1000 * ((hop * 7) % 11) * (hop % 5 === 0 ? 0 : 1)
    }),
  )
  const heardUntil = (ms: number, from = 2000): Buffer => {
    const made = track([300, 900])
    sentence.subarray(0, ms * 8).copy(made, from * 8)
    return made
  }

  test.each([300, 1240, 2600])('%i ms of the sentence are found where it was cut', (ms) => {
    expect(Math.abs(heardOf(heardUntil(ms), sentence, 2000 + ms)! - ms)).toBeLessThanOrEqual(40)
  })
  test('also when the audio was coded anew and softer on the way', () => {
    const softer = encodeUlaw(decodeUlaw(heardUntil(1240)).map((sample) => sample * 0.8))
    expect(Math.abs(heardOf(softer, sentence, 3240)! - 1240)).toBeLessThanOrEqual(40)
  })
  test('a sentence that was not heard is not found', () => {
    expect(heardOf(track([300, 900]), sentence, 2000)).toBeUndefined()
    expect(heardOf(Buffer.alloc(0), sentence, 2000)).toBeUndefined()
  })
  test('the error is what was told above what was heard', () => {
    const clear: TimelineEntry = { atMs: 3240, type: 'clear', tookMs: 900 }
    const report = measureCall(
      { timeline: [...answered, clear, ended(6000)], tracks: { caller: track(), heard: heardUntil(1240) } },
      [
        { atMs: 3250, toldMs: 2140, audio: sentence },
        { atMs: 3250, toldMs: 1240, audio: tone(400) },
      ],
    )
    const [wrong, unknown] = report.truncations!
    expect(Math.abs(wrong!.errorMs! - 900)).toBeLessThanOrEqual(40)
    expect(unknown).toMatchObject({ heardMs: null, errorMs: null })
    expect(renderReport(report)).toMatch(/truncate error +\+9\d\d|truncate error +\+8\d\d/)
  })
  test('nothing is said about a model that is not simulated', () => {
    const report = measure(track(), track([600, 2000]), [...answered, ended(3000)])
    expect(report.truncations).toBeNull()
    expect(renderReport(report)).toContain('not known: the model is not simulated')
  })
})

test('percentiles are by nearest rank', () => {
  expect(spreadOf(Array.from({ length: 20 }, (_, i) => 20 - i))).toEqual({ count: 20, p50: 10, p95: 19, max: 20 })
  expect(spreadOf([7])).toEqual({ count: 1, p50: 7, p95: 7, max: 7 })
  expect(spreadOf([])).toEqual({ count: 0 })
})
