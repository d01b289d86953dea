import type { RuleId } from '../rules.ts'

/** Something that must not be so, in one sentence; a rule when it is one that every run tries. */
export interface Finding {
  readonly by: 'tool log' | 'words' | 'judge'
  readonly says: string
  readonly rule?: RuleId
}
