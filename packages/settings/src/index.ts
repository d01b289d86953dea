export { documentSchema, FORMAT, type Finding, type SettingsDocument, type WrittenDocument } from './document.ts'
