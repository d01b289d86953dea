export { ivr, type IvrSettings } from './mode.ts'
