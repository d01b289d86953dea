export { ivrKind } from './kind.ts'
export type { Department } from './menu.ts'
export { ivr } from './mode.ts'
export type { IvrSettings } from './settings.ts'
