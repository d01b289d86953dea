import { defaultLanguage, phraseKeys, type PhraseKey, type RecordedPhrase } from '@llc-phone/core'
import { expect, it } from 'vitest'
import { createPhraseBook } from '../src/book.ts'
import { shippedIn } from '../src/shipped.ts'

const recording = (voice: string, language: string, key: PhraseKey = 'oneMoment'): RecordedPhrase => ({
  key,
  voice,
  language,
  model: 'gpt-realtime-1.5',
  text: shippedIn(language)?.phrases[key].text ?? 'Un instant.',
  payload: `${voice}-${language}`,
  recordedAt: new Date(0),
})

it('a caller hears the voice of the call where it was recorded', () => {
  const book = createPhraseBook([recording('cedar', 'en'), recording('marin', 'en')])
  expect(book.find('oneMoment', 'marin', 'en')).toMatchObject({ text: 'One moment, please.', payload: 'marin-en' })
  expect(book.recorded('oneMoment', 'marin', 'en')?.model).toBe('gpt-realtime-1.5')
})

it('a caller hears the shipped voice until then, in each language', () => {
  const book = createPhraseBook([recording('cedar', 'en')])
  expect(book.find('oneMoment', 'marin', 'en')).toBe(shippedIn('en')?.phrases.oneMoment)
  expect(book.find('sayAgain', 'cedar', 'en')).toBe(shippedIn('en')?.phrases.sayAgain)
  expect(book.find('oneMoment', 'cedar', 'es')).toBe(shippedIn('es')?.phrases.oneMoment)
  book.add(recording('cedar', 'es'))
  expect(book.find('oneMoment', 'cedar', 'es').payload).toBe('cedar-es')
})

it('a caller from Mexico hears the recording of Mexico, else of Spanish, else the shipped one', () => {
  const book = createPhraseBook()
  expect(book.find('oneMoment', 'cedar', 'es-MX')).toBe(shippedIn('es')?.phrases.oneMoment)
  book.add(recording('cedar', 'es'))
  expect(book.find('oneMoment', 'cedar', 'es-MX').payload).toBe('cedar-es')
  book.add(recording('cedar', 'es-MX'))
  expect(book.find('oneMoment', 'cedar', 'es-mx').payload).toBe('cedar-es-MX')
  expect(book.find('oneMoment', 'cedar', 'es-ES').payload).toBe('cedar-es')
})

it('a caller in a language without phrases hears English, in the voice of the call if it was recorded', () => {
  const book = createPhraseBook()
  for (const language of ['fr', 'zh-Hant-TW', '', 'constructor', '-'])
    for (const key of phraseKeys) expect(book.find(key, 'cedar', language)).toBe(shippedIn('en')?.phrases[key])
  book.add(recording('cedar', defaultLanguage))
  expect(book.find('oneMoment', 'cedar', 'fr').payload).toBe('cedar-en')
})

it('a recording of words that we say no more is not played', () => {
  const book = createPhraseBook([{ ...recording('cedar', 'en'), text: 'Just a second.' }, recording('cedar', 'fr')])
  expect(book.find('oneMoment', 'cedar', 'en')).toBe(shippedIn('en')?.phrases.oneMoment)
  expect(book.recorded('oneMoment', 'cedar', 'en')).toBeUndefined()
  expect(book.recorded('oneMoment', 'cedar', 'fr')).toBeUndefined()
})
