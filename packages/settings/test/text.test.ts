import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readText, writeText } from '../src/text.ts'
import { written } from './fixtures.ts'

const read = (text: string): unknown => {
  const { document, findings } = readText(text)
  expect(findings).toEqual([])
  return document
}

const problems = (text: string): readonly string[] => readText(text).findings.map(({ message }) => message)

describe('a settings file is read', () => {
  test('from YAML with comments', () => {
    expect(read(`# ours ${'-'.repeat(90)}\nbusiness:\n  name: Pier Bistro # by the sea\n`)).toEqual({
      business: { name: 'Pier Bistro' },
    })
  })

  test('from JSON, also with tabs', () => {
    expect(read('{\n\t"business": {\n\t\t"name": "Pier \\ud83d\\ude00 \\/ Bistro"\n\t}\n}')).toEqual({
      business: { name: 'Pier 😀 / Bistro' },
    })
  })

  test('with telephone numbers, times and dates as text although nobody wrote quotes', () => {
    const text = 'a: +14155550101\n+14155550102: 09:00-17:00\nb: 2026-12-24\nc: 12:30\nd: 007\ne: 7\nf: on\n'
    expect(read(text)).toEqual({
      a: '+14155550101',
      '+14155550102': '09:00-17:00',
      b: '2026-12-24',
      c: '12:30',
      d: '007',
      e: 7,
      f: 'on',
    })
  })

  test('with an anchor written out, so that its places do not share a value', () => {
    const document = read('a: &hours { mon: 09:00-17:00 }\nb: *hours\n') as Record<string, object>
    expect(document.b).toEqual(document.a)
    expect(document.b).not.toBe(document.a)
  })
})

describe('a settings file is refused', () => {
  test('with the line of a syntax error', () => {
    expect(problems('business:\n  name: "Pier\nmodes: {}\n')).toEqual([expect.stringMatching(/^line \d, column \d+: /)])
  })

  test('with the line of a key that stands there twice, in YAML and in JSON', () => {
    expect(problems('modes: {}\nanswers: []\nmodes: {}\n')).toEqual([
      expect.stringMatching(/^line 3, column 1: Map keys must be unique/),
    ])
    expect(problems('{\n "modes": {},\n "modes": {}\n}')).toEqual([
      expect.stringMatching(/^line 3, column 2: Map keys must be unique/),
    ])
  })

  test.each([
    ['nothing', '', 'is empty'],
    ['a comment only', '# later\n', 'is empty'],
    ['two documents', 'a: 1\n---\nb: 2\n', 'Source contains multiple documents'],
    ['an unknown tag', 'a: !!js/function x\n', 'Unresolved tag'],
    [
      'anchors that multiply',
      `a: &a [x, x, x, x, x, x]\n${[...'bcdefg'].map((name, at) => `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdef'[at]!}`).join(', ')}]\n`).join('')}`,
      'repeats or nests too much',
    ],
    ['endless nesting', '['.repeat(200_000), 'repeats or nests too much'],
    ['endless nesting by dashes', '- '.repeat(100_000), 'repeats or nests too much'],
    ['too much of it', `a: ${'x'.repeat(250_000)}`, 'more than 250000 characters'],
  ])('%s', (_what, text, part) => {
    const { document, findings } = readText(text)
    expect(document).toBeUndefined()
    expect(findings[0]).toMatchObject({ severity: 'error', message: expect.stringContaining(part) })
  })
})

describe('lines of paths', () => {
  const { lineOf } = readText(
    'business:\n  name: Pier\nanswers:\n  - question: Parking?\n    answer: Behind.\nnumbers:\n  list:\n    +14155550101:\n      mode: x\n',
  )

  test.each([
    ['business.name', 2],
    ['answers.0.answer', 5],
    ['answers."Parking?".answer', 5],
    ['numbers.list.+14155550101.mode', 9],
    ['business.hours', 2],
    ['modes.frontDesk', undefined],
    ['"', undefined],
    ['', undefined],
  ])('%s', (path, line) => expect(lineOf(path)).toBe(line))
})

describe('a settings file is written', () => {
  test('with its fields in the order of the schema and its lists as they are', () => {
    const { outbound: _, ...document } = written()
    const reversed = Object.fromEntries(Object.entries(document).toReversed())
    expect(writeText(reversed)).toBe(writeText(document))
    expect(writeText(document)).toMatchInlineSnapshot(`
      "business:
        name: Salt and Fig
        timeZone: America/Los_Angeles
        hours:
          mon: closed
          tue-sun: 11:00-22:00
      routes:
        kitchen:
          label: the kitchen
          number: "+14155552611"
      directory:
        - name: Rosa Diaz
          role: chef
          route: kitchen
          transfer: warm
      answers:
        - question: Where can I park?
          answer: On Pier Street.
        - question: Do you take cards?
          answer: All of them.
          modes:
            - frontDesk
      modes:
        frontDesk:
          kind: desk
          voice: cedar
          patience:
            silenceMs: 12000
        night:
          kind: desk
      numbers:
        unknown: frontDesk
        fallback: kitchen
        list:
          "+14155550101":
            mode: frontDesk
      messages:
        - to: rosa@bistro.example
          for:
            - Rosa Diaz
      "
    `)
  })

  test('so that reading gives the same document', () => {
    expect(read(writeText(written()))).toEqual(written())
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('+1', '007', 'no', '1e3', '~', ' a', 'a: b', '#', '2026-12-24', '\n'),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[\w+ ]{1,9}$/), fc.jsonValue()), text, (fields, value) => {
        const document = JSON.parse(JSON.stringify({ ...fields, text: value }))
        expect(read(writeText(document))).toEqual(document)
      }),
      { numRuns: 200 },
    )
  })
})
