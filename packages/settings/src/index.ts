export {
  buildSettings,
  buildStored,
  checkInTurns,
  type BuildOptions,
  type BuildResult,
  type BuiltInstance,
  type BuiltNumber,
  type BuiltNumbers,
  type BuiltOutbound,
  type BuiltSettings,
} from './build.ts'
export {
  documentSchema,
  FORMAT,
  type MessageDestination,
  type SettingsDocument,
  type WrittenDocument,
} from './document.ts'
export type { Finding } from './findings.ts'
export { EXAMPLE_BUSINESS, PROMPT_BUDGET_TOKENS } from './warnings.ts'
export { diffSettings, type Change } from './diff.ts'
export { unreadable } from './size.ts'
export { mergeDrafts, type Conflict, type Merged } from './merge.ts'
