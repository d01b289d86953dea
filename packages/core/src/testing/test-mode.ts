import { describe, expect, it } from 'vitest'
import type { Mode } from '../mode/mode.ts'
import { renderGolden } from './golden.ts'
import { modeChecks } from './mode-checks.ts'
import { defaultFixtures, type ModeFixtures } from './mode-fixtures.ts'
import { promptChecks } from './prompt-checks.ts'
import { toolChecks } from './tool-checks.ts'

const EVALUATED = 'has an evaluation for every rule of its prompt'

export interface TestModeOptions extends Partial<ModeFixtures> {
  /** A file beside the test that holds what the model reads, `golden/sample.txt`: a change of the prompt is read there. */
  readonly golden?: string
}

/**
 * The contract every mode keeps, as vitest tests: strict tools, a stable and clean prompt, reachable routes, hostile
 * arguments refused, nothing left running; and what can be said of prompts and tools without asking a model.
 *
 * @example
 * testMode(ivr({ business, routes }), { maxPromptTokens: 600, golden: 'golden/ivr.txt' })
 */
export const testMode = (mode: Mode, { golden, ...options }: TestModeOptions = {}): void => {
  const fixtures: ModeFixtures = { ...defaultFixtures, ...options }
  const checks = { ...modeChecks, ...promptChecks, ...toolChecks }
  describe(`the mode "${mode.name}"`, () => {
    for (const [promise, check] of Object.entries(checks))
      // What is not asked must not look as if it had been answered.
      if (check !== promptChecks[EVALUATED] || fixtures.evaluatedBy) it(promise, () => check(mode, fixtures))
    if (golden !== undefined)
      it('tells the model what its golden file shows', async () => {
        await expect(await renderGolden(mode, fixtures)).toMatchFileSnapshot(golden)
      })
  })
}
