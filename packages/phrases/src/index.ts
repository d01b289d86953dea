export { createPhraseBook, type RecordedPhraseBook } from './book.ts'
export { recordPhrases, type RecordingOutcome, type RecordingRequest } from './recorder.ts'
export { shippedIn, shippedLanguages, type ShippedLanguage } from './shipped.ts'
