import { expect, it } from 'vitest'
import { keptBytes } from '../src/fuzz/fuzz-report.ts'
import { runFuzz } from '../src/fuzz/fuzz-run.ts'

/** `FUZZ_SEED=7 pnpm --filter @llc-phone/bench exec vitest run test/fuzz.test.ts` sends something else. */
const SEED = Number(process.env['FUZZ_SEED'] ?? 1)
const FEW = { frames: 8_000, events: 8_000, requests: 800 }
const SOME = { frames: 16_000, events: 16_000, requests: 1_600 }
/** A young process still compiles, and keeps the stories of its first calls; the bench measures what is left for good. */
const MAX_KEPT_BYTES = 40_000_000

it.runIf(process.platform === 'linux')(
  'survives hostile frames, events and requests, and does not disturb the calls that behave',
  async () => {
    const fuzz = await runFuzz({ seed: SEED, warmUp: FEW, amounts: SOME })
    const { frames, events, requests, crashed, defects, internal, isReady, wrong, canary } = fuzz
    expect({ seed: SEED, crashed, defects, internal, isReady, wrong }).toEqual({
      seed: SEED,
      crashed: false,
      defects: 0,
      internal: 0,
      isReady: true,
      wrong: [],
    })
    expect(canary).toMatchObject({ faults: { lost: 0, reordered: 0, altered: 0 }, gaps: 0, brokenSockets: 0 })
    expect(canary.framesToModel).toBeGreaterThan(100)
    expect(canary.framesToCaller).toBeGreaterThan(15)
    expect(keptBytes(fuzz)).toBeLessThan(MAX_KEPT_BYTES)
    expect({ frames, events, requests }).toMatchObject({ requests: 2_400 })
    expect(Math.min(frames, events)).toBeGreaterThanOrEqual(24_000)
  },
  180_000,
)
