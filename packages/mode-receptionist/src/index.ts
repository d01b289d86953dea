export type { DirectoryEntry } from './directory.ts'
export { receptionist, type ReceptionistSettings } from './mode.ts'
