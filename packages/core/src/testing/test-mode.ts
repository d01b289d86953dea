import { describe, it } from 'vitest'
import type { CallFacts } from '../facts.ts'
import type { Mode } from '../mode.ts'
import { defaultCallers, modeChecks } from './mode-checks.ts'

/** Short instructions are read faster, on every call, before the first word. */
const MAX_PROMPT_TOKENS = 700

/**
 * The contract every mode keeps, as vitest tests: strict tools, a stable and clean prompt, reachable routes, hostile
 * arguments refused, nothing left running.
 *
 * @example
 * testMode(ivr({ business, routes }))
 */
export const testMode = (
  mode: Mode,
  options: { readonly callers?: readonly CallFacts[]; readonly maxPromptTokens?: number } = {},
): void => {
  const fixtures = {
    callers: options.callers ?? defaultCallers,
    maxPromptTokens: options.maxPromptTokens ?? MAX_PROMPT_TOKENS,
  }
  describe(`the mode "${mode.name}"`, () => {
    for (const [promise, check] of Object.entries(modeChecks)) it(promise, () => check(mode, fixtures))
  })
}
