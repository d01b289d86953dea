import { ModeInvalid } from './mode-invalid.ts'
import type { Mode } from './mode.ts'
import type { CallOptions } from './mode-settings.ts'

/**
 * The mode with those of the options that fit it: the options of a number were checked with another mode when the number is
 * moved while calls come in, and a greeting or tool that this one does not know must not end them.
 */
export const withFittingOptions = (mode: Mode, options: CallOptions): Mode => {
  try {
    return mode.withOptions(options)
  } catch (error) {
    if (!(error instanceof ModeInvalid)) throw error
    const unfit = new Set(error.problems.map(({ path }) => path[0]))
    return withFittingOptions(mode, Object.fromEntries(Object.entries(options).filter(([name]) => !unfit.has(name))))
  }
}
