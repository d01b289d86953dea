export { createPhraseBook, type RecordedPhraseBook } from './book.ts'
export {
  checkGreeting,
  createRecordedGreetings,
  isPlayable,
  type RecordedGreetings,
  type Speaker,
} from './greetings.ts'
export { recordPhrases, type RecordingOutcome, type RecordingRequest } from './recorder.ts'
export { phraseWordsIn, shippedIn, type ShippedLanguage } from './shipped.ts'
