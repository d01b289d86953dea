import { describe, expect, it } from 'vitest'
import { defaultLanguage, wordsIn } from '../language/languages.ts'
import type { Mode } from '../mode/mode.ts'
import { renderGolden } from './golden.ts'
import { modeChecks } from './mode-checks.ts'
import { defaultFixtures, type ModeFixtures } from './mode-fixtures.ts'
import { promptChecks } from './prompt-checks.ts'
import { toolChecks } from './tool-checks.ts'

const EVALUATED = 'has an evaluation for every rule of its prompt'

export interface TestModeOptions extends Partial<ModeFixtures> {
  /** The golden file beside the test, `golden/sample.txt`: what the model reads, so that changes of the prompt can be reviewed. */
  readonly golden?: string
}

/**
 * The contract of a mode, as vitest tests: strict tools, a stable and clean prompt, reachable routes, refusal of hostile
 * arguments, nothing left running; and the checks of prompts and tools that need no model.
 *
 * @example
 * testMode(ivr({ business, routes }), { maxPromptTokens: 600, golden: 'golden/ivr.txt' })
 */
export const testMode = (mode: Mode, { golden, ...options }: TestModeOptions = {}): void => {
  const isEnglish = mode.language === defaultLanguage
  const discloses = isEnglish ? defaultFixtures.discloses : new RegExp(wordsIn(mode.language).assistant, 'u')
  const fixtures: ModeFixtures = { ...defaultFixtures, discloses, ...options }
  const checks = { ...modeChecks, ...promptChecks, ...toolChecks }
  describe(`the mode "${mode.name}"`, () => {
    for (const [promise, check] of Object.entries(checks))
      // A check that is not run must not be listed as passed.
      if (check !== promptChecks[EVALUATED] || fixtures.evaluatedBy) it(promise, () => check(mode, fixtures))
    if (golden !== undefined)
      it('tells the model what its golden file shows', async () => {
        await expect(await renderGolden(mode, fixtures)).toMatchFileSnapshot(golden)
      })
  })
}
