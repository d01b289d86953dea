import { e164, isPerson, type ModeKind } from '@llc-phone/core'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildSettings, buildStored, type BuiltSettings, type Finding } from '../src/index.ts'
import { BACK, changed, deskKind, FRONT, kinds, now, outboundKinds, written, type Change } from './fixtures.ts'

const options = { kinds, outboundKinds, now }

const build = (change: Change = {}) => buildSettings(changed(written(), change), options)

/** The errors of a document with this change, as `path: sentence`. */
const errors = (change: Change): string[] =>
  build(change).findings.flatMap(({ path, message, severity }) => (severity === 'error' ? [`${path}: ${message}`] : []))

describe('a document without a mistake', () => {
  test('builds every instance, with no finding at all', () => {
    const { built, findings } = build()
    expect(findings).toEqual([])
    expect([...built!.instances.keys()]).toEqual(['frontDesk', 'night'])
    expect(built!.instances.get('frontDesk')).toMatchObject({ kind: 'desk', mode: { voice: 'cedar' } })
    expect(built!.instances.get('frontDesk')!.size.instructions).toBeGreaterThan(0)
    expect([...built!.outbound!.modes.keys()]).toEqual(['reminders'])
    expect(built!.messages).toEqual([{ to: 'rosa@bistro.example', for: ['Rosa Diaz'] }])
  })

  test('an instance is given the answers that name it, and those that name nobody', () => {
    const { instances } = build().built!
    expect(instances.get('frontDesk')!.answers).toHaveLength(2)
    expect(instances.get('night')!.answers).toHaveLength(1)
    expect(instances.get('night')!.mode.fixedInstructions).not.toContain('cards')
  })

  test('the fallback is the route that the document names', () => {
    const { fallback } = build().built!.numbers
    expect(fallback && isPerson(fallback) && fallback.number).toBe('+14155552611')
  })
})

describe('options', () => {
  const tuned: Change = {
    tuningProfiles: { calm: { voice: 'sage', patience: { silenceMs: 40_000, checkIns: 5 } } },
    'modes.frontDesk.profile': 'calm',
    [`numbers.list.${BACK}`]: { mode: 'frontDesk', patience: { checkIns: 1 } },
  }

  test('those of an instance win over those of its profile, part by part', () => {
    const { mode, profile } = build(tuned).built!.instances.get('frontDesk')!
    expect(profile).toBe('calm')
    expect(mode.voice).toBe('cedar')
    expect(mode.patience).toMatchObject({ silenceMs: 12_000, checkIns: 5 })
  })

  test('those of a number win over both, and hold for that number only', () => {
    const { list, unknown } = build(tuned).built!.numbers
    expect(list.get(e164(BACK))!.mode!.patience).toMatchObject({ silenceMs: 12_000, checkIns: 1 })
    expect(list.get(e164(FRONT))!.mode).toBe(unknown.mode)
  })

  test('those of a number stay when another instance answers it', () => {
    const { modeFor } = build(tuned).built!.numbers
    expect(modeFor('night', e164(BACK))!.patience).toMatchObject({ silenceMs: 20_000, checkIns: 1 })
    expect(modeFor('night', e164(BACK))).toBe(modeFor('night', e164(BACK)))
    expect(modeFor('nobody', e164(BACK))).toBeUndefined()
  })
})

describe('what is refused, with its path and what was meant', () => {
  test.each<readonly [what: string, change: Change, sentence: string]>([
    ['a field that does not exist', { busines: {} }, 'busines: is not a field here. Did you mean "business"?'],
    [
      'a field of an instance that its kind does not have',
      { 'modes.frontDesk.offer': ['visit'] },
      'modes.frontDesk.offer: is not a field here. Did you mean "offers"?',
    ],
    [
      'an option with a typing error',
      { 'modes.frontDesk.pateince': {} },
      'modes.frontDesk.pateince: is not a field here. Did you mean "patience"?',
    ],
    [
      'a value that is none of the choices',
      { 'modes.frontDesk.offers': ['visits'] },
      'modes.frontDesk.offers.0: must be one of callback, visit. Did you mean "visit"?',
    ],
    [
      'a document of a newer gateway',
      { format: 2 },
      'format: must be 1: a newer gateway has written it, or it is no settings document',
    ],
    ['a missing name', { 'business.name': undefined }, 'business.name: is missing'],
    ['an empty name', { 'business.name': ' ' }, 'business.name: must not be empty'],
    [
      'text in place of a number',
      { 'modes.night.patience': { checkIns: 'two' } },
      'modes.night.patience.checkIns: must be a number',
    ],
    ['a route without telephone', { 'routes.bar': { label: 'the bar' } }, 'routes.bar.number: is missing'],
    [
      'a key that is no word',
      { 'routes."The Bar"': { label: 'the bar', number: '+14155550112' } },
      'routes."The Bar": a route key is a word, like "sales"',
    ],
    [
      'a number that is written as people write it',
      { 'numbers.list."+1 (415) 555-0103"': { mode: 'frontDesk' } },
      'numbers.list."+1 (415) 555-0103": write it in E.164 form, like "+14155550103"',
    ],
    [
      'an unknown kind',
      { 'modes.night.kind': 'dsk' },
      'modes.night.kind: there is no kind "dsk". Did you mean "desk"?',
    ],
    [
      'an unknown instance',
      { 'numbers.unknown': 'frontDsk' },
      'numbers.unknown: there is no mode "frontDsk". Did you mean "frontDesk"?',
    ],
    [
      'an unknown instance of a number',
      { [`numbers.list.${FRONT}.mode`]: 'day' },
      'numbers.list.+14155550101.mode: there is no mode "day". There are frontDesk, night.',
    ],
    [
      'an unknown fallback',
      { 'numbers.fallback': 'kitchn' },
      'numbers.fallback: there is no route "kitchn". Did you mean "kitchen"?',
    ],
    [
      'an unknown instance of an answer',
      { 'answers.1.modes': ['nigth'] },
      'answers.1.modes.0: there is no mode "nigth". Did you mean "night"?',
    ],
    [
      'an unknown route of a person',
      { 'directory.0.route': 'kitchens' },
      'directory.0.route: there is no route "kitchens". Did you mean "kitchen"?',
    ],
    [
      'a person who is rung first and has no number',
      { 'routes.kitchen': { label: 'the box', voicemail: true } },
      'directory.0.transfer: needs a route with a number',
    ],
    [
      'a message for nobody',
      { 'messages.0.for': ['Rosa Dias'] },
      'messages.0.for.0: there is no entry of the directory "Rosa Dias". Did you mean "Rosa Diaz"?',
    ],
    [
      'a message to nowhere',
      { 'messages.0.to': 'rosa' },
      'messages.0.to: write an e-mail address or the URL of a webhook',
    ],
    [
      'an unknown profile',
      { 'modes.night.profile': 'quick' },
      'modes.night.profile: there is no tuning profile "quick". There are none.',
    ],
    [
      'an outbound default that is no instance',
      { 'outbound.default': 'reminder' },
      'outbound.default: there is no outbound mode "reminder". Did you mean "reminders"?',
    ],
    [
      'one name for two instances',
      { 'outbound.modes.night': { kind: 'reminder' } },
      'outbound.modes.night: is the name of a mode for calls to us: use another one',
    ],
    [
      'a kind that cannot be made so',
      { 'modes.night.escalateTo': 'bar' },
      'modes.night.escalateTo: "bar" is not a route with a person',
    ],
    [
      'a kind that fails',
      { 'modes.night.kind': 'broken' },
      'modes.night: cannot be built: undefined is not a function',
    ],
  ])('%s', (_what, change, sentence) => {
    expect(errors(change)).toEqual([sentence])
    expect(build(change).built).toBeUndefined()
  })

  test('all mistakes at once, those of instances beside those of the document', () => {
    expect(
      errors({
        'business.timeZone': 'Pacific',
        'modes.frontDesk.offer': [],
        'outbound.modes.reminders.agentNam': 'Robin',
      }),
    ).toEqual([
      'business.timeZone: use an IANA time zone, like "America/New_York"',
      'modes.frontDesk.offer: is not a field here. Did you mean "offers"?',
      'outbound.modes.reminders.agentNam: is not a field here. Did you mean "agentName"?',
    ])
  })

  test('a mistake in a route is not told again where the route is named', () => {
    expect(errors({ 'routes.kitchen.number': undefined })).toEqual(['routes.kitchen.number: is missing'])
  })

  test.each([undefined, null, 7, 'text', [], () => 1, { modes: null }, { modes: { a: null } }, { outbound: 7 }])(
    'what is no document: %o',
    (document) => {
      const { built, findings } = buildSettings(document, options)
      expect(built).toBeUndefined()
      expect(findings.length).toBeGreaterThan(0)
    },
  )

  test('anything at all without an exception', () => {
    const path = fc.constantFrom(
      'business',
      'modes',
      'numbers',
      'routes',
      'answers',
      'outbound',
      'tuningProfiles',
      'messages',
      'directory',
      'modes.frontDesk',
      'modes.frontDesk.kind',
      'numbers.list',
      'business.hours',
      'outbound.policy',
    )
    fc.assert(
      fc.property(path, fc.jsonValue(), fc.string(), (at, value, key) => {
        const document = changed(written(), { [at]: value })
        expect(() => buildSettings(document, options)).not.toThrow()
        Object.defineProperty(document, key, { value, enumerable: true, configurable: true })
        expect(() => buildSettings(document, options)).not.toThrow()
      }),
      { numRuns: 300 },
    )
  })

  test('names that every object has are no instances and no routes', () => {
    expect(errors({ 'numbers.unknown': 'constructor' })[0]).toContain('there is no mode "constructor"')
    expect(errors({ 'numbers.fallback': 'toString' })[0]).toContain('there is no route "toString"')
  })
})

describe('warnings', () => {
  const warnings = (change: Change): readonly Finding[] => {
    const { built, findings } = build(change)
    expect(built, JSON.stringify(findings)).toBeDefined()
    return findings
  }

  test.each<readonly [what: string, change: Change, path: string, part: string]>([
    ['the example business', { 'business.name': 'Harbor Dental' }, 'business.name', 'is the example'],
    ['the name of a template', { 'business.name': 'Pier Bistro' }, 'business.name', 'is that of a template'],
    [
      'a telephone of a template',
      { 'routes.kitchen.number': '+14155550121' },
      'routes.kitchen.number',
      'belongs to nobody',
    ],
    ['no hours', { 'business.hours': undefined }, 'business.hours', 'are not set'],
    [
      'days that are not listed',
      { 'business.hours': { 'mon-fri': '09:00-17:00' } },
      'business.hours',
      'Saturday and Sunday are not listed',
    ],
    [
      'a person whom nobody can be connected with',
      { 'directory.0': { name: 'Rosa Diaz' } },
      'directory.0',
      'nobody can be connected with Rosa Diaz',
    ],
    ['a name twice', { 'directory.1': { name: 'rosa díaz', route: 'kitchen' } }, 'directory.1.name', 'already'],
    [
      'two answers alike',
      { 'answers.2': { question: 'where can I park', answer: 'Somewhere.' } },
      'answers.2',
      'says the same as "Where can I park?"',
    ],
    [
      'a greeting that does not say what is speaking',
      { 'modes.night.greeting': 'Salt and Fig, good evening.' },
      'modes.night.greeting',
      'does not say that an AI assistant is speaking',
    ],
    [
      'a greeting of a number that does not say so',
      { [`numbers.list.${FRONT}.greeting`]: 'Salt and Fig, good evening.' },
      `numbers.list.${FRONT}.greeting`,
      'does not say that an AI assistant is speaking',
    ],
    [
      'a closure that is over',
      { 'business.closures': [{ from: '2026-03-09' }, { from: '2026-03-09', to: '2026-03-10' }] },
      'business.closures.0',
      'is over since 2026-03-09',
    ],
    ['no fallback', { 'numbers.fallback': undefined }, 'numbers.fallback', 'is not set'],
    [
      'an absence that is over',
      {
        'directory.0.absences': [
          { from: '2026-03-01', to: '2026-03-09' },
          { from: '2026-03-10', to: '2026-03-10' },
        ],
      },
      'directory.0.absences.0',
      'is over since 2026-03-09',
    ],
  ])('%s', (_what, change, path, part) => {
    const found = warnings(change)
    expect(found).toMatchObject([{ path, severity: 'warning' }])
    expect(found[0]!.message).toContain(part)
  })

  test('more tokens at the beginning of every call than keep replies quick', () => {
    const talkative: ModeKind = {
      ...deskKind,
      make: (settings, shared) => ({ ...deskKind.make(settings, shared), fixedInstructions: 'word '.repeat(2_800) }),
    }
    const { findings } = buildSettings(written(), { ...options, kinds: [talkative] })
    expect(findings.map(({ path }) => path)).toEqual(['modes.frontDesk', 'modes.night'])
    expect(findings[0]!.message).toMatch(
      /^every call begins with about 3\d{3} tokens \(3333 of prompt, \d+ of tools\), 8\d %/,
    )
  })

  test('answers alike of instances that share no call are fine', () => {
    expect(
      warnings({
        'answers.1.modes': ['frontDesk'],
        'answers.2': { question: 'Do you take cards?', answer: 'Not at night.', modes: ['night'] },
      }),
    ).toEqual([])
  })

  test('a department that is open when the business is closed is fine', () => {
    expect(warnings({ 'routes.kitchen.hours': { 'mon-sun': '00:00-24:00' } })).toEqual([])
  })
})

describe('a version that was published before an upgrade', () => {
  test('an instance that cannot be built is left out: its numbers go to the fallback, the others go on', () => {
    const { built, findings } = buildStored(
      changed(written(), { 'modes.night.removedSetting': true, [`numbers.list.${BACK}`]: { mode: 'night' } }),
      options,
    )
    expect(findings).toMatchObject([{ path: 'modes.night.removedSetting', severity: 'error' }])
    expect([...built!.instances.keys()]).toEqual(['frontDesk'])
    expect(built!.numbers.list.get(e164(BACK))).toEqual({ instance: 'night' })
    expect(built!.numbers.list.get(e164(FRONT))!.mode).toBeDefined()
    expect(built!.numbers.fallback).toBeDefined()
  })

  test('options of a number that do not fit its instance are left out', () => {
    const fussy: ModeKind = {
      ...deskKind,
      make(settings, shared) {
        if (settings.voice === 'ash') throw new Error('no such voice')
        return deskKind.make(settings, shared)
      },
    }
    const document = changed(written(), { [`numbers.list.${FRONT}.voice`]: 'ash' })
    const { built, findings } = buildStored(document, { ...options, kinds: [fussy] })
    expect(findings).toMatchObject([{ path: 'numbers.list.+14155550101', message: 'cannot be built: no such voice' }])
    expect(built!.numbers.list.get(e164(FRONT))!.mode!.voice).toBe('cedar')
  })

  test.each<readonly [what: string, change: Change, path: string, left: (built: BuiltSettings) => unknown]>([
    ['a field of the business', { 'business.fax': '1' }, 'business.fax', ({ document }) => document.business],
    ['a section', { faxes: [] }, 'faxes', ({ document }) => document],
    ['an answer', { 'answers.0.answer': '' }, 'answers.0.answer', ({ document }) => document.answers[0]!.question],
    [
      'an option of a number',
      { [`numbers.list.${FRONT}.patience`]: { checkIns: 99 } },
      `numbers.list.${FRONT}.patience.checkIns`,
      ({ numbers }) => numbers.list.get(e164(FRONT))!.mode!.patience.checkIns,
    ],
    ['the policy of calls', { 'outbound.policy.ringSeconds': 900 }, 'outbound.policy.ringSeconds', (it) => it.outbound],
  ])('%s that the schema does not take any more is dropped', (_what, change, path, left) => {
    const { built, findings } = buildStored(changed(written(), change), options)
    expect(findings.filter(({ severity }) => severity === 'error').map((finding) => finding.path)).toEqual([path])
    const whole = buildSettings(written(), options).built!
    if (path.startsWith('answers')) expect(left(built!)).toBe('Do you take cards?')
    else if (path.startsWith('outbound')) expect(left(built!)).toBeUndefined()
    else expect(left(built!)).toEqual(left(whole))
    expect(buildSettings(changed(written(), change), options).built).toBeUndefined()
  })

  test('two entries of a list are dropped without their neighbours', () => {
    const answers = ['', 'Yes.', '', 'No.'].map((answer, at) => ({ question: `Question ${at}?`, answer }))
    const { built } = buildStored(changed(written(), { answers }), options)
    expect(built!.document.answers.map(({ answer }) => answer)).toEqual(['Yes.', 'No.'])
  })

  test('nothing is built without a name, a time zone or an instance for unknown numbers', () => {
    for (const path of ['business.name', 'business.timeZone', 'numbers.unknown', 'numbers', 'modes', 'business'])
      expect(buildStored(changed(written(), { [path]: undefined }), options).built, path).toBeUndefined()
  })
})

describe('a document made to keep the gateway busy', () => {
  const names = (count: number, name: string) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name}${at}`, { kind: 'dsk' }]))
  const refusal = (document: unknown) =>
    buildSettings(document, options).findings.map(({ path, message }) => `${path}: ${message}`)

  test('too many entries in one place, too many values and too many levels are one error each', () => {
    expect(refusal(changed(written(), { modes: names(101, 'mode') }))).toEqual(['modes: has more than 100 entries'])
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`m${at}`, Array<number>(450).fill(1)]))
    expect(refusal({ ...written(), extra: many })).toEqual([': has more than 20000 values'])
    let deep: unknown = 1
    for (let level = 0; level < 100_000; level++) deep = [deep]
    expect(refusal({ ...written(), extra: deep })).toEqual(['extra.0: is more than 30 levels deep'])
  })

  test('the nearest name is looked for in the first hundred mistakes only', () => {
    const list = Object.fromEntries(
      Array.from({ length: 400 }, (_, at) => [`+1415555${String(at).padStart(4, '0')}`, { mode: `mode${at}` }]),
    )
    expect(buildSettings(changed(written(), { 'numbers.list': list }), options).findings).toHaveLength(100)
  })

  test('numbers with the same options share a mode, others do not', () => {
    const list = {
      '+14155550121': { mode: 'frontDesk', voice: 'marin' },
      '+14155550122': { mode: 'frontDesk', voice: 'marin' },
      '+14155550123': { mode: 'frontDesk', voice: 'cedar' },
    }
    const { numbers } = build({ 'numbers.list': list }).built!
    const [one, same, other] = Object.keys(list).map((number) => numbers.list.get(e164(number))!.mode!)
    expect(same).toBe(one)
    expect(other).not.toBe(one)
  })
})

test.each(['\u0000', '\u0007', '\ud800', '\uffff'])(
  'a control character or half a character (%j) is an error at its place',
  (letter) => {
    expect(errors({ 'business.name': `Pier${letter}Bistro` })).toEqual(['business.name: has a control character'])
  },
)
