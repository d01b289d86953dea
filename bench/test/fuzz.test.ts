import { expect, it } from 'vitest'
import { keptBytes, MAX_LATE_P99_MS } from '../src/fuzz/fuzz-report.ts'
import { runFuzz } from '../src/fuzz/fuzz-run.ts'

/** `FUZZ_SEED=7 pnpm --filter @llc-phone/bench exec vitest run test/fuzz.test.ts` sends something else. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 1)
const FEW = { frames: 4_000, events: 4_000, requests: 400 }
const SOME = { frames: 8_000, events: 8_000, requests: 800 }
/** A slow machine sends less. */
const LIMIT_MS = 15_000
/** A young process still compiles, and keeps the stories of its first calls; the bench measures what is left for good. */
const MAX_KEPT_BYTES = 40_000_000

it.runIf(process.platform === 'linux')(
  'survives hostile frames, events and requests, and does not disturb the calls that behave',
  async () => {
    const fuzz = await runFuzz({ seed: SEED, warmUp: FEW, amounts: SOME, limitMs: LIMIT_MS })
    const { frames, events, requests, crashed, defects, internal, isReady, canary } = fuzz
    // A machine that has no time for us ends sockets by itself, and is no judge of what is in time.
    const isStarved = canary.lateMs.p99 > MAX_LATE_P99_MS
    const wrong = fuzz.wrong.filter((what) => !isStarved || /answered 5\d\d$/.test(what))
    expect({ seed: SEED, crashed, defects, internal, isReady, wrong }).toEqual({
      seed: SEED,
      crashed: false,
      defects: 0,
      internal: 0,
      isReady: true,
      wrong: [],
    })
    if (!isStarved)
      expect(canary).toMatchObject({ faults: { lost: 0, reordered: 0, altered: 0 }, gaps: 0, brokenSockets: 0 })
    expect(canary.framesToModel).toBeGreaterThan(100)
    expect(canary.framesToCaller).toBeGreaterThan(15)
    expect(keptBytes(fuzz)).toBeLessThan(MAX_KEPT_BYTES)
    expect(Math.min(frames, events, requests)).toBeGreaterThan(100)
  },
  180_000,
)
