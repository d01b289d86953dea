import { describe, expect, test } from 'vitest'
import { addAt, removeAt, setAt } from '../src/edit.ts'
import { changed, FRONT, written } from './fixtures.ts'

const base = written()

describe('a place is set', () => {
  test.each<readonly [path: string, text: string, at: string, value: unknown]>([
    ['business.hours.sat', '10:00-14:00', 'business.hours.sat', '10:00-14:00'],
    ['business.hours.sat', '[09:00-12:00, 13:00-17:00]', 'business.hours.sat', ['09:00-12:00', '13:00-17:00']],
    ['business.name', '24', 'business.name', '24'],
    ['business.address', 'Pier 3: behind the market', 'business.address', 'Pier 3: behind the market'],
    ['business.website', 'yes', 'business.website', 'yes'],
    ['routes.kitchen.extension', '22', 'routes.kitchen.extension', '22'],
    [
      'routes.bar',
      '{ label: the bar, number: +14155550112 }',
      'routes.bar',
      { label: 'the bar', number: '+14155550112' },
    ],
    ['modes.frontDesk.patience.silenceMs', '20000', 'modes.frontDesk.patience.silenceMs', 20_000],
    ['modes.night.patience.checkIns', '1', 'modes.night.patience', { checkIns: 1 }],
    ['modes.night.greeting', 'Hi: this is the AI assistant.', 'modes.night.greeting', 'Hi: this is the AI assistant.'],
    ['directory."Rosa Diaz".role', 'owner', 'directory.0.role', 'owner'],
    ['directory."rosa díaz".role', 'owner', 'directory.0.role', 'owner'],
    ['answers."Where can I park?".answer', 'Nowhere.', 'answers.0.answer', 'Nowhere.'],
    ['answers.1.answer', 'No.', 'answers.1.answer', 'No.'],
    [`numbers.list.${FRONT}.mode`, 'night', `numbers.list.${FRONT}.mode`, 'night'],
    ['numbers.list.+14155550102', '{ mode: night }', 'numbers.list.+14155550102', { mode: 'night' }],
    ['messages.0.urgentOnly', 'true', 'messages.0.urgentOnly', true],
    ['tuningProfiles.calm.voice', 'sage', 'tuningProfiles', { calm: { voice: 'sage' } }],
    ['business.pronunciations."St. Mary"', 'saint mary', 'business.pronunciations', { 'St. Mary': 'saint mary' }],
  ])('%s to %s', (path, text, at, value) => {
    expect(setAt(base, path, text)).toEqual(changed(base, { [at]: value }))
    expect(base).toEqual(written())
  })

  test('a key that every object has is a key like any other', () => {
    const document = setAt({}, 'routes.__proto__.label', 'x') as { routes: object }
    expect(Object.keys(document.routes)).toEqual(['__proto__'])
    expect(({} as { label?: string }).label).toBeUndefined()
  })
})

describe('a place is refused with what there is', () => {
  test.each<readonly [path: string, text: string, sentence: string]>([
    ['', 'x', '"" is no path'],
    ['business..name', 'x', '"business..name" is no path'],
    ['business."name', 'x', 'is no path'],
    ['busines.name', 'x', 'busines: a settings document has no field "busines". Did you mean "business"?'],
    ['business.hourz', 'x', 'business.hourz: business has no field "hourz". Did you mean "hours"?'],
    ['business.telephone', 'x', 'It can have name, timeZone'],
    ['business.name.first', 'x', 'business.name.first: business.name is a single value, with nothing inside.'],
    ['directory."Sam".role', 'x', 'directory.Sam: there is no such entry. There are "Rosa Diaz".'],
    [
      'answers.7.answer',
      'x',
      'answers.7: there is no such entry. There are "Where can I park?", "Do you take cards?".',
    ],
    ['answers.0.modes.0', 'x', 'answers.0.modes.0: the list is empty: add an entry instead.'],
    ['answers.1.modes.3', 'x', 'answers.1.modes.3: there is no such entry. The list has the entries 0 to 0.'],
    ['routes.bar', '{ label: the bar', 'routes.bar: the value cannot be read: '],
  ])('%s', (path, text, sentence) => {
    expect(() => setAt(base, path, text)).toThrow(sentence)
  })
})

describe('a place is removed', () => {
  test('of fields, of lists by name or index', () => {
    expect(removeAt(base, 'modes.night')).toEqual(changed(base, { 'modes.night': undefined }))
    expect(removeAt(base, 'answers."Where can I park?"')).toEqual(changed(base, { answers: [base.answers![1]] }))
    expect(removeAt(base, 'answers.1')).toEqual(changed(base, { answers: [base.answers![0]] }))
  })

  test('only if it is there', () => {
    expect(() => removeAt(base, 'business.website')).toThrow('business.website: is not set.')
    expect(() => removeAt(base, 'modes.menu')).toThrow('modes.menu: is not set.')
    expect(() => removeAt(base, 'answers."Wifi?"')).toThrow('There are "Where can I park?"')
  })
})

describe('an entry is added', () => {
  test('to a list that is there, and to one that is not', () => {
    const answer = { question: 'Wifi?', answer: 'No: sorry.' }
    expect(addAt(base, 'answers', '{ question: "Wifi?", answer: "No: sorry." }')).toEqual(
      changed(base, { 'answers.2': answer }),
    )
    expect(addAt(base, 'answers.0.modes', 'night')).toEqual(changed(base, { 'answers.0.modes': ['night'] }))
    expect(addAt(base, 'modes.night.offers', 'callback')).toEqual(changed(base, { 'modes.night.offers': ['callback'] }))
  })

  test('only once, and only to a list', () => {
    expect(() => addAt(base, 'answers', '{ question: where can i park, answer: x }')).toThrow(
      'answers: there is "where can i park" already: set answers."where can i park" instead.',
    )
    expect(() => addAt(base, 'business.name', 'x')).toThrow('business.name: is no list: set it instead.')
    expect(() => addAt(base, 'business.website', 'x')).toThrow('business.website: is no list: set it instead.')
  })
})
