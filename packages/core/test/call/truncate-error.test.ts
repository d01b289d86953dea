import { expect, it } from 'vitest'
import { createPlayout } from '../../src/call/playout.ts'

const FRAME_MS = 20
const REPLIES = 2_000

interface Line {
  /** How long our messages take to Twilio, and its own to us. */
  readonly outMs: number
  readonly backMs: number
  /** How much later than that an echo may be, now and then. */
  readonly lateMs: number
  readonly lateShare: number
  /** Whether the model generates about as fast as it speaks, so that the queue often runs dry. */
  readonly slowModel: boolean
}

const seeded = (seed: number) => (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647

/**
 * Thousands of replies, each interrupted somewhere. Twilio plays a frame every 20 ms by its own clock, echoes a mark when
 * the audio before it has been played, and lets the frame that plays when `clear` comes play to its end.
 */
const errors = ({ outMs, backMs, lateMs, lateShare, slowModel }: Line): number[] => {
  const random = seeded(7)
  const found: number[] = []
  let nowMs = 0
  const playout = createPlayout(() => nowMs)
  playout.roundTrip(outMs + backMs)
  for (let reply = 0; reply < REPLIES; reply++) {
    const beganAt = nowMs + 500 + random() * 100
    const due: { atMs: number; run: () => void }[] = []
    const schedule = (atMs: number, run: () => void): void => {
      due.push({ atMs, run })
      due.sort((one, other) => one.atMs - other.atMs)
    }
    const framesBeganAt: number[] = []
    let playedAt = 0
    let sendAt = beganAt
    let totalMs = 0
    for (let delta = 4 + Math.floor(random() * 25); delta > 0; delta--) {
      const deltaMs = [100, 200, 240, 300][Math.floor(random() * 4)]!
      const sentAt = sendAt
      schedule(sentAt, () => {
        const mark = playout.sent('reply', 0, deltaMs)
        for (let ms = 0; ms < deltaMs; ms += FRAME_MS) {
          const tick = Math.ceil((sentAt + outMs) / FRAME_MS) * FRAME_MS
          framesBeganAt.push(Math.max(playedAt, tick))
          playedAt = framesBeganAt.at(-1)! + FRAME_MS
        }
        const isLate = random() < lateShare
        if (mark) schedule(playedAt + backMs + (isLate ? lateMs : 0), () => playout.markEchoed(mark))
      })
      sendAt += slowModel ? deltaMs * (0.8 + random() * 0.4) : 20 + random() * 80
      totalMs += deltaMs
    }
    const interruptedAt = beganAt + random() * totalMs
    let heardMs = 0
    for (let next = due.shift(); next && next.atMs <= interruptedAt; next = due.shift()) {
      nowMs = next.atMs
      next.run()
      if (playout.heardMs() < heardMs) throw new Error('What was heard has been taken back.')
      heardMs = playout.heardMs()
    }
    nowMs = interruptedAt
    const told = playout.unheard()[0]?.heardMs ?? 0
    const clearedAt = interruptedAt + outMs
    found.push(told - framesBeganAt.filter((atMs) => atMs <= clearedAt).length * FRAME_MS)
    playout.clear()
  }
  return found
}

const p99 = (all: readonly number[]): number =>
  all.map(Math.abs).toSorted((a, b) => a - b)[Math.floor(all.length * 0.99)]!
const ON_TIME = { lateMs: 0, lateShare: 0 }
const ONE_IN_TEN_LATE = { lateMs: 200, lateShare: 0.1 }

it.each([
  ['next door', { outMs: 0.3, backMs: 0.3 }],
  ['behind a network', { outMs: 18, backMs: 25 }],
])('cuts a reply within 5 ms of where the caller stopped listening: Twilio %s', (_where, delays) => {
  for (const slowModel of [false, true])
    expect(p99(errors({ ...delays, ...ON_TIME, slowModel }))).toBeLessThanOrEqual(5)
})

it.each([
  ['next door', { outMs: 0.3, backMs: 0.3 }],
  ['behind a network', { outMs: 18, backMs: 25 }],
])('cuts it within 20 ms when one echo in ten is 200 ms late: Twilio %s', (_where, delays) => {
  for (const slowModel of [false, true]) {
    const all = errors({ ...delays, ...ONE_IN_TEN_LATE, slowModel })
    expect(p99(all)).toBeLessThanOrEqual(20)
    expect(
      all.filter((ms) => Math.abs(ms) > 5).length / all.length,
      'a late echo is no reason to be wrong',
    ).toBeLessThan(0.02)
  }
})

it('stays exact through an hour in which the two clocks part by two seconds', () => {
  let nowMs = 0
  const playout = createPlayout(() => nowMs)
  const pace = 1.0005
  const marks: { name: string; atMs: number }[] = []
  for (let sentMs = 200; sentMs <= 3_600_000; sentMs += 200) {
    const name = playout.sent('reply', 0, 200)!
    marks.push({ name, atMs: sentMs * pace })
    // The model is ten seconds ahead.
    nowMs = Math.max(nowMs, (sentMs - 10_000) * pace)
    while (marks[0] && marks[0].atMs <= nowMs) playout.markEchoed(marks.shift()!.name)
  }
  nowMs += 90
  expect(Math.abs(playout.heardMs() - nowMs / pace)).toBeLessThan(1)
})

it('finds back when the queue ran dry unseen, and does not add one such gap to the next', () => {
  let nowMs = 0
  const playout = createPlayout(() => nowMs)
  const roundTripMs = 40
  let playedAt = 0
  const marks: { name: string; atMs: number }[] = []
  for (let delta = 0; delta < 300; delta++) {
    // Each delta comes when Twilio has been quiet for 10 ms, which the marks cannot tell us yet.
    const arrivesAt = delta === 0 ? 20 : playedAt + 10
    nowMs = arrivesAt - roundTripMs / 2
    for (; marks[0] && marks[0].atMs <= nowMs; marks.shift()) playout.markEchoed(marks[0].name)
    const mark = playout.sent('reply', 0, 200)
    playedAt = arrivesAt + 200
    if (mark) marks.push({ name: mark, atMs: playedAt + roundTripMs / 2 })
  }
  nowMs += 100
  expect(Math.abs(playout.heardMs() - (300 * 200 - 100))).toBeLessThanOrEqual(roundTripMs + FRAME_MS)
})
