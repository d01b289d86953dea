export { receptionistKind } from './kind.ts'
export { receptionist, type ReceptionistSettings } from './mode.ts'
export type { Offer } from './tools/request-time.ts'
