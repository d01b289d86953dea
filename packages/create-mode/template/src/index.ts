export { sampleModeKind } from './kind.ts'
export { sampleMode } from './mode.ts'
export type { SampleModeSettings } from './settings.ts'
