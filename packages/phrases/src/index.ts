export { createPhraseBook, type RecordedPhraseBook } from './book.ts'
export { recordPhrases, type RecordingOutcome, type RecordingRequest } from './recorder.ts'
export { shippedIn, type ShippedLanguage } from './shipped.ts'
