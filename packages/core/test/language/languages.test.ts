import { describe, expect, it } from 'vitest'
import { businessSchema, fillIn, languageCodes, languageOf, languages, timeOfDayIn, wordsIn } from '../../src/index.ts'
import { spokenStyle } from '../../src/mode/spoken-style.ts'

/** Every text of a language file, by its path. */
const textsOf = (value: unknown, path = ''): [path: string, text: string][] => {
  if (typeof value === 'string') return [[path, value]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => textsOf(inner, path === '' ? key : `${path}.${key}`))
}

const placeholdersOf = (text: string): string[] => [...new Set(text.match(/\{\w*\}/g))].toSorted()

const english = new Map(textsOf({ ...languages.en, timesOfDay: {} }))

describe.each(Object.entries(languages))('the language %s', (code, file) => {
  const texts = textsOf({ ...file, timesOfDay: {} })

  it('has every sentence of English, and no other', () => {
    expect(texts.map(([path]) => path).toSorted()).toEqual([...english.keys()].toSorted())
  })

  it.each(texts)('says something at %s, with the names that English fills in', (path, text) => {
    expect(text.trim()).toBe(text)
    expect(text).not.toBe('')
    expect(placeholdersOf(text)).toEqual(placeholdersOf(english.get(path)!))
  })

  it('says in every greeting and opening that an AI speaks', () => {
    const { identity, identityNamed } = file.outbound
    for (const said of [...Object.values(file.greetings), identity, identityNamed])
      expect(said).toContain(file.assistant)
  })

  it('has phrases that can be compared with a transcript word by word', () => {
    for (const text of Object.values(file.phrases)) expect(text).not.toMatch(/["{}]/)
  })

  it('has words for every time of day, in order', () => {
    const hours = file.timesOfDay.map(({ fromHour }) => fromHour)
    expect(hours).toEqual(hours.toSorted((one, other) => one - other))
    expect(new Set(hours).size).toBe(hours.length)
    for (const hour of hours) expect(hour).toBeOneOf(Array.from({ length: 24 }, (_, index) => index))
    expect(file.timesOfDay.every(({ words }) => words.trim() !== '')).toBe(true)
  })

  it('is named where the model is told what to speak', () => {
    expect(file.style).toMatch(new RegExp(`^Language: ${file.name}\\b`))
    expect(spokenStyle(code as keyof typeof languages)).toContain(file.style)
    expect(new Intl.DisplayNames(['en'], { type: 'language' }).of(code)).toBe(file.name)
  })
})

it('differs from English in every sentence', () => {
  const { name: _, ...spanish } = languages.es
  for (const [path, text] of textsOf({ ...spanish, timesOfDay: {} }))
    // Placeholders and punctuation alone.
    if (path !== 'outbound.message') expect(text, path).not.toBe(english.get(path))
})

it.each([
  ['en', 3 * 60, 'Good evening'],
  ['en', 4 * 60, 'Good morning'],
  ['en', 12 * 60, 'Good afternoon'],
  ['en', 17 * 60, 'Good evening'],
  ['es', 4 * 60 + 59, 'Buenas noches'],
  ['es', 5 * 60, 'Buenos días'],
  ['es', 17 * 60, 'Buenas tardes'],
  ['es', 20 * 60, 'Buenas noches'],
] as const)('in %s, %i minutes after midnight are the %s', (language, minutes, words) => {
  expect(timeOfDayIn(language, minutes)).toBe(words)
})

describe('filling in', () => {
  it('puts each value in once, as it is', () => {
    expect(fillIn('{a} and {b}, {a}', { a: '{b}', b: '$&' })).toBe('{b} and $&, {b}')
  })

  it('leaves a name without a value', () => {
    expect(fillIn('{toString} {a}', { b: 'x' })).toBe('{toString} {a}')
  })
})

describe('the language of an instance', () => {
  it('is its own, else that of the business, else English', () => {
    expect(languageOf({ language: 'en', business: { language: 'es' } })).toBe('en')
    expect(languageOf({ business: { language: 'es' } })).toBe('es')
    expect(languageOf({ business: {} })).toBe('en')
  })

  it('is refused with those that exist when there is no such one', () => {
    const read = businessSchema.safeParse({ name: 'Harbor Dental', timeZone: 'UTC', language: 'fr' })
    expect(read.error?.issues).toMatchObject([
      { path: ['language'], message: `must be one of ${languageCodes.join(', ')}` },
    ])
  })
})

it('finds the words of a language by its code', () => {
  expect(wordsIn('es')).toBe(languages.es)
})
