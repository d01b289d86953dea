import { GatewayError } from '../errors.ts'
import { issueSentences } from '../issues.ts'

/** What is wrong with one setting of a mode. */
export interface SettingProblem {
  /** Where, from the settings of the mode: `['directory', 0, 'route']`. */
  readonly path: readonly (string | number)[]
  readonly message: string
}

const asIssues = (problems: readonly SettingProblem[]) => ({
  issues: problems.map(({ path, message }) => ({ code: 'custom' as const, path: [...path], message })),
})

/** `mode_invalid` with every problem and its path, for whoever has to show them at their fields. */
export class ModeInvalid extends GatewayError {
  readonly problems: readonly SettingProblem[]

  constructor(mode: string, problems: readonly SettingProblem[]) {
    super('mode_invalid', `Mode "${mode}": ${issueSentences(asIssues(problems)).join('; ').replace(/\.$/, '')}.`)
    this.problems = problems
  }

  /** For `issueSentences`, like a zod error. */
  get asIssues() {
    return asIssues(this.problems)
  }
}
