import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diffSettings } from '../src/index.ts'
import { changed, FRONT, written, type Change } from './fixtures.ts'

const sentences = (change: Change, base: unknown = written()): readonly string[] =>
  diffSettings(base, changed(base, change)).map(({ sentence }) => sentence)

describe('changes in words of people', () => {
  test.each<readonly [what: string, change: Change, sentence: string]>([
    ['a day', { 'business.hours.mon': '10:00-14:00' }, 'Monday: closed → 10:00–14:00'],
    [
      'a day with a break',
      { 'business.hours.sat': ['09:00-12:00', '13:00-15:00'] },
      'Saturday: 11:00–22:00 → 09:00–12:00, 13:00–15:00',
    ],
    ['hours past midnight', { 'business.hours.sun': '18:00-02:00' }, 'Sunday: 11:00–22:00 → 18:00–02:00'],
    ['no hours any more', { 'business.hours': undefined }, 'hours of the business removed'],
    [
      'hours of a person',
      { 'directory.0.hours': { sat: '09:00-10:00' } },
      'hours of Rosa Diaz set: Saturday 09:00–10:00',
    ],
    [
      'the same hours in other words',
      { 'business.hours': { mon: 'closed', 'tue-fri': '11:00-22:00', sat: '11:00-22:00', sun: '11:00-22:00' } },
      'hours of the business written differently, with the same meaning',
    ],
    ['a zone', { 'business.timeZone': 'UTC' }, 'time zone of the business: America/Los_Angeles → UTC'],
    ['a name', { 'business.name': 'Pier Grill' }, 'name of the business: Salt and Fig → Pier Grill'],
    [
      'a field that was not set',
      { 'business.website': 'pier.example' },
      'website of the business: not set → pier.example',
    ],
    ['a long text', { 'modes.frontDesk.greeting': 'Hello, '.repeat(9) }, 'greeting of frontDesk set'],
    ['an option', { 'modes.frontDesk.patience.silenceMs': 20_000 }, 'patience.silenceMs of frontDesk: 12000 → 20000'],
    [
      'options that were not set',
      { 'modes.night.patience': { checkIns: 1 } },
      'patience.checkIns of night: not set → 1',
    ],
    ['a list', { 'modes.night.offers': ['callback', 'visit'] }, 'offers of night: not set → callback, visit'],
    ['an instance', { 'modes.menu': { kind: 'ivr' } }, 'menu added (ivr)'],
    ['an instance less', { 'modes.night': undefined }, 'night removed'],
    ['a route', { 'routes.bar': { label: 'the bar', voicemail: true } }, 'route bar added'],
    [
      'the telephone of a route',
      { 'routes.kitchen.number': '+14155550119' },
      'number of route kitchen: +14155552611 → +14155550119',
    ],
    ['a person', { 'directory.1': { name: 'Sam' } }, 'Sam added to the directory'],
    ['a person less', { directory: [] }, 'Rosa Diaz removed'],
    ['the role of a person', { 'directory.0.role': 'owner' }, 'role of Rosa Diaz: chef → owner'],
    [
      'an absence',
      { 'directory.0.absences': [{ from: '2026-08-01', to: '2026-08-15' }] },
      'Rosa Diaz away 1 Aug – 15 Aug 2026 added',
    ],
    [
      'a closure',
      { 'business.closures': [{ from: '2026-12-24', to: '2026-12-26', reason: 'Christmas' }] },
      'closed 24 Dec – 26 Dec 2026 (Christmas) added',
    ],
    [
      'a closure over the new year',
      { 'business.closures': [{ from: '2026-12-30', to: '2027-01-02' }] },
      'closed 30 Dec 2026 – 2 Jan 2027 added',
    ],
    ['an answer less', { answers: written().answers!.slice(1) }, 'answer "Where can I park?" removed'],
    [
      'the words of an answer',
      { 'answers.0.answer': 'Behind the house.' },
      'answer "Where can I park?": On Pier Street. → Behind the house.',
    ],
    [
      'who gives an answer',
      { 'answers.1.modes': ['night'] },
      'modes of answer "Do you take cards?": frontDesk → night',
    ],
    ['the order of answers', { answers: written().answers!.toReversed() }, 'order of answers changed'],
    [
      'how a number answers',
      { [`numbers.list.${FRONT}.mode`]: 'night' },
      'mode of number +14155550101: frontDesk → night',
    ],
    ['all other numbers', { 'numbers.unknown': 'night' }, 'mode of all other numbers: frontDesk → night'],
    ['the fallback', { 'numbers.fallback': undefined }, 'fallback route: kitchen → not set'],
    ['where messages go', { 'messages.1': { to: 'https://hook.example' } }, 'messages to https://hook.example added'],
    ['money', { 'outbound.policy.spend.perDayUsd': 20 }, 'policy.spend.perDayUsd of outbound calls: 50 → 20'],
    ['no calls any more', { outbound: undefined }, 'outbound calls removed'],
    ['a profile', { tuningProfiles: { calm: { voice: 'sage' } } }, 'tuning profile calm added'],
  ])('%s', (_what, change, sentence) => {
    expect(sentences(change)).toEqual([sentence])
  })

  test('a closure that ends later is told as before and after', () => {
    const base = changed(written(), { 'business.closures': [{ from: '2026-12-24', to: '2026-12-26' }] })
    expect(sentences({ 'business.closures.0.to': '2026-12-27' }, base)).toEqual([
      'closed 24 Dec – 26 Dec 2026 → closed 24 Dec – 27 Dec 2026',
    ])
  })

  test('a person who moves up in the list has not changed otherwise', () => {
    const base = changed(written(), { 'directory.1': { name: 'Sam', role: 'waiter' } })
    const after = changed(base, { directory: [{ name: 'Sam', role: 'host' }, written().directory![0]] })
    expect(diffSettings(base, after).map(({ path, sentence }) => [path, sentence])).toEqual([
      ['directory.Sam.role', 'role of Sam: waiter → host'],
      ['directory', 'order of directory changed'],
    ])
  })

  test('the order of routes is that of the keys of a menu', () => {
    const base = changed(written(), { 'routes.bar': { label: 'the bar', voicemail: true } }) as { routes: object }
    const after = { ...base, routes: Object.fromEntries(Object.entries(base.routes).toReversed()) }
    expect(diffSettings(base, after).map(({ sentence }) => sentence)).toEqual(['order of routes changed'])
  })

  test('a section that is left out is an empty one', () => {
    const {
      directory: _,
      messages: __,
      ...rest
    } = changed(written(), { 'numbers.list': undefined }) as Record<string, unknown>
    const filled = { format: 1, ...rest, directory: [], messages: [], tuningProfiles: {} }
    expect(diffSettings(rest, filled)).toEqual([])
  })
})

/** The places of a document that hold no fields and no list, as findings name them. */
const leavesOf = (value: unknown, path: readonly string[] = []): (readonly string[])[] =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, part]) => leavesOf(part, [...path, key]))
    : [path]

/** The part of a path that both sides of a comparison name alike: up to a list, which one counts and the other names. */
const upToList = (path: readonly string[]): string => {
  const end = path.findIndex((step) => /^\d+$/.test(step) || step === 'hours')
  return path.slice(0, end < 0 ? undefined : end).join('.')
}

describe('a difference', () => {
  const rich = changed(written(), {
    'business.closures': [{ from: '2026-12-24', to: '2026-12-26', reason: 'Christmas' }],
    'business.pronunciations': { Diaz: 'DEE-ahs' },
    'routes.kitchen.hours': { mon: '10:00-12:00' },
    'directory.0.absences': [{ from: '2026-08-01', to: '2026-08-15' }],
    'modes.menu': { kind: 'ivr', choices: [{ route: 'kitchen', synonyms: ['chef'] }] },
    tuningProfiles: { calm: { turnTaking: { minSpeechMs: 200 } } },
  })

  test('is named for every single leaf, and nothing else is', () => {
    for (const leaf of leavesOf(rich)) {
      const after = changed(rich, { [leaf.join('.')]: 'something else' })
      const changes = diffSettings(rich, after)
      expect(changes, leaf.join('.')).not.toEqual([])
      for (const { path, sentence } of changes) {
        const place = upToList(leaf)
        expect(path.startsWith(place) || place.startsWith(path), `${leaf.join('.')}: ${path}`).toBe(true)
        expect(sentence).not.toMatch(/undefined|\[object/)
      }
    }
  })

  test('is told exactly when the documents are not the same', () => {
    const named = fc.record({ name: fc.constantFrom('Ann', 'Bob', 'Cem'), role: fc.constantFrom('chef', 'host') })
    const document = fc.record(
      {
        business: fc.record({
          name: fc.constantFrom('A', 'B'),
          hours: fc.dictionary(
            fc.constantFrom('mon', 'tue', 'mon-tue'),
            fc.constantFrom('closed', '09:00-10:00', 'bad'),
          ),
        }),
        directory: fc.array(named, { maxLength: 3 }),
        modes: fc.dictionary(
          fc.constantFrom('a', 'b'),
          fc.record({ kind: fc.constant('desk'), x: fc.jsonValue({ maxDepth: 2 }) }),
          { noNullPrototype: true },
        ),
        numbers: fc.oneof(fc.constant({ list: {}, unknown: 'a' }), fc.constant(null)),
      },
      { requiredKeys: ['directory'], noNullPrototype: true },
    )
    fc.assert(
      fc.property(document, document, (one, other) => {
        const [before, after] = [one, other].map((value): unknown => JSON.parse(JSON.stringify(value)))
        expect(diffSettings(before, before)).toEqual([])
        const isSame = (() => {
          try {
            expect(after).toEqual(before)
            return true
          } catch {
            return false
          }
        })()
        expect(diffSettings(before, after).length === 0).toBe(isSame)
      }),
      { numRuns: 500 },
    )
  })

  test('of anything at all is told without an exception', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (before, after) => {
        expect(() => diffSettings(before, after)).not.toThrow()
      }),
    )
  })
})
