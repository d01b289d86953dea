import { expect, it } from 'vitest'
import { createPlayout } from '../../src/call/playout.ts'

const FRAME_MS = 20
const DELTA_MS = 200
const DELTAS = 15
const SENT_MS = DELTAS * DELTA_MS

interface LineManners {
  readonly seed: number
  readonly replies: number
  readonly oneWayMs: number
  /** How long the line keeps audio before it begins to play it. */
  readonly lagMs: number
  /** From a number from 0 to 1 to how late an echo is. */
  lateness(share: number): number
  /** The line stands still for this long in the middle of the first reply, and says nothing. */
  readonly pauseMs?: number
}

/** Numbers from 0 to 1 that are the same in every run. */
const createShares = (seed: number) => () => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
  return seed / 4_294_967_296
}

/**
 * A greeting that is heard to its end, then replies that are broken into. The line plays whole frames, so that all from what
 * was played when `clear` got there to the end of that frame is right; the errors are how far what we believe is outside.
 */
const errorsOf = ({ seed, replies, oneWayMs, lagMs, lateness, pauseMs = 0 }: LineManners): number[] => {
  const share = createShares(seed)
  let now = 1_000 * share()
  const playout = createPlayout(() => now)
  playout.roundTrip(2 * oneWayMs)
  const inStepWith = 1_000 * share()
  const errors: number[] = []
  for (let reply = 0; reply <= replies; reply++) {
    const itemId = `item_${reply}`
    const due: { readonly at: number; readonly act: () => void }[] = []
    const readyAt = now + oneWayMs + lagMs
    const playsFrom = inStepWith + Math.ceil((readyAt - inStepWith) / FRAME_MS) * FRAME_MS
    const pausedMs = (atMs: number): number => (reply === 0 && atMs > 600 ? pauseMs : 0)
    let lastEchoAt = 0
    const echo = (name: string | undefined, atMs: number): void => {
      if (name === undefined) return
      lastEchoAt = Math.max(lastEchoAt, playsFrom + atMs + pausedMs(atMs) + oneWayMs + lateness(share()))
      due.push({ at: lastEchoAt, act: () => playout.markEchoed(name) })
    }
    for (let delta = 0; delta < DELTAS; delta++)
      due.push({
        at: now + delta * FRAME_MS,
        act: () => echo(playout.sent(itemId, 0, DELTA_MS), (delta + 1) * DELTA_MS),
      })
    const endsAt = now + (reply > 0 ? 350 + share() * 2_300 : pauseMs === 0 ? 4_000 : 600 + pauseMs + 2_200)
    for (;;) {
      const next = due.toSorted((one, other) => one.at - other.at)[0]
      if (!next || next.at > endsAt) break
      due.splice(due.indexOf(next), 1)
      now = next.at
      next.act()
    }
    now = endsAt
    const told = playout.unheard().find((part) => part.itemId === itemId)?.heardMs ?? SENT_MS
    const played = Math.max(0, now + oneWayMs - playsFrom - pausedMs(now + oneWayMs - playsFrom))
    playout.clear()
    if (reply > 0 || pauseMs > 0)
      errors.push(played >= SENT_MS ? SENT_MS - told : Math.max(0, played - told, told - played - FRAME_MS))
    now += 500 + 1_000 * share()
  }
  return errors
}

/** The 99th of a hundred. */
const p99Of = (errors: readonly number[]): number =>
  errors.toSorted((one, other) => one - other)[Math.ceil(errors.length * 0.99) - 1]!
const onManyLines = (manners: Omit<LineManners, 'seed' | 'oneWayMs'>): number[] =>
  Array.from({ length: 25 }, (_, line) => errorsOf({ ...manners, seed: line + 1, oneWayMs: 5 + line * 2 })).flat()

/** Nine echoes of ten are a few milliseconds late, one up to 100. */
const usual = (share: number): number => (share < 0.1 ? share * 1_000 : -4 * Math.log(share))

it.each([0, 7, 20, 65])(
  'knows within 5 ms what was heard of 500 replies that were broken into, on lines that begin after %i ms',
  (lagMs) => {
    const errors = onManyLines({ replies: 20, lagMs, lateness: usual })
    expect(errors).toHaveLength(500)
    expect(p99Of(errors)).toBeLessThanOrEqual(5)
  },
)

it('is right to the frame in most cases, and never far off, when every echo is late by anything up to 100 ms', () => {
  const errors = onManyLines({ replies: 20, lagMs: 0, lateness: (share) => share * 100 })
  expect(errors.filter((error) => error <= 5).length).toBeGreaterThan(errors.length * 0.8)
  expect(p99Of(errors)).toBeLessThanOrEqual(2 * FRAME_MS)
})

it('follows a pause of the line that nothing but late echoes tells of', () => {
  const errors = onManyLines({ replies: 0, lagMs: 0, lateness: usual, pauseMs: 300 })
  expect(errors.filter((error) => error <= 5).length).toBeGreaterThan(errors.length * 0.9)
})
