import { describe, expect, it } from 'vitest'
import { decodeLongText, decodeText } from '../src/index.ts'

/** Bytes as another encoding has them; Node itself writes only the Unicode ones and Latin-1. */
const bytes = (...parts: readonly (string | number)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from([part]))))

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

const TEXT = 'number;reason\n+14155550141;Łukasz Nowák – “später”\n'

describe('a text is read whatever program has written it', () => {
  it.each([
    ['UTF-8', Buffer.from(TEXT)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${TEXT}`)],
    ['UTF-16 LE with a byte order mark', Buffer.from(`\uFEFF${TEXT}`, 'utf16le')],
    ['UTF-16 BE with a byte order mark', utf16be(`\uFEFF${TEXT}`)],
    ['UTF-16 LE without one', Buffer.from(TEXT, 'utf16le')],
    ['UTF-16 BE without one', utf16be(TEXT)],
  ])('%s', (_, file) => expect(decodeText(file)).toBe(TEXT))

  it.each([
    ['Müller, José, Françoise, Ærø, NIÑO, ÉLAN', bytes('Müller, José, Françoise, Ærø, NIÑO, ÉLAN')],
    [
      'O’Neill – “soon” … 5 € („ja“)',
      bytes('O', 0x92, 'Neill ', 0x96, ' ', 0x93, 'soon', 0x94, ' ', 0x85, ' 5 ', 0x80, ' (', 0x84, 'ja', 0x93, ')'),
    ],
    ['20 °C, 3 m², ½, §3, Acme®, ¿qué?', bytes('20 °C, 3 m², ½, §3, Acme®, ¿qué?')],
  ])('Windows-1252: %s', (text, file) => expect(decodeText(file)).toBe(text))

  it('UTF-16 without a mark whose letters are of another alphabet', () => {
    const text = `номер;причина\r\n+14155550141;${'Иван Петрович '.repeat(12)}\r\n`
    expect(decodeText(Buffer.from(text, 'utf16le'))).toBe(text)
    expect(decodeText(utf16be(text), 'utf-16')).toBe(text)
  })

  it('an empty one', () => expect(decodeText(Buffer.alloc(0))).toBe(''))

  it('in the charset that its sender names', () => {
    expect(decodeText(bytes(0xa3, 'ukasz Wa', 0xb3, 0xea, 'sa'), 'iso-8859-2')).toBe('Łukasz Wałęsa')
    expect(decodeText(bytes('Jos', 0xe9), 'latin1')).toBe('José')
    expect(decodeText(Buffer.from('José'), 'UTF-8')).toBe('José')
    expect(decodeText(Buffer.from('José', 'utf16le'), 'utf-16le')).toBe('José')
    // The mark knows better.
    expect(decodeText(Buffer.from('\uFEFFJosé', 'utf16le'), 'utf-8')).toBe('José')
  })
})

describe('what would be read wrongly is refused, and the reason named', () => {
  it.each([
    ['a workbook', bytes('PK', 3, 4, 'xl/workbook.xml'), 'is a spreadsheet'],
    ['an old workbook', bytes(0xd0, 0xcf, 0x11, 0xe0, 0xa1), 'old Excel workbook'],
    ['a compressed file', bytes(0x1f, 0x8b, 8), 'is compressed (gzip)'],
    ['a PDF', bytes('%PDF-1.7'), 'is a PDF'],
    ['UTF-32', bytes(0xff, 0xfe, 0, 0, 'n', 0, 0, 0), 'is UTF-32'],
    ['UTF-16 that is cut off', Buffer.from('\uFEFFnumber', 'utf16le').subarray(0, 9), 'is not UTF-16LE'],
    [
      'UTF-8 that is cut off behind its mark',
      bytes(0xef, 0xbb, 0xbf, 'Jos', 0xc3),
      'is not UTF-8, as its first bytes say',
    ],
    ['zero bytes in a text', bytes('number\n', 0, 0, '+14155550141\n'), 'holds zero bytes'],
    ['Polish in Windows-1250', bytes(0xa3, 'ukasz'), 'is neither UTF-8 nor'],
    ['Polish in the middle of a word', bytes('Pawe', 0xb3, ';'), 'is neither UTF-8 nor'],
    ['Cyrillic in Windows-1251', bytes(0xc8, 0xe2, 0xe0, 0xed), 'is neither UTF-8 nor'],
    ['French from an old Mac', bytes('Andr', 0x8e), 'is neither UTF-8 nor'],
    ['German from an old Mac', bytes('J', 0x9f, 'rgen'), 'is neither UTF-8 nor'],
    ['German from DOS', bytes('M', 0x81, 'ller'), 'is neither UTF-8 nor'],
    ['French from DOS', bytes('Andr', 0x82, ';'), 'is neither UTF-8 nor'],
    ['Japanese in Shift JIS', bytes(0x93, 0x63, 0x92, 0x86, 0x91, 0xbe, 0x98, 0x59), 'is neither UTF-8 nor'],
  ])('%s', (_, file, reason) => expect(() => decodeText(file)).toThrow(reason))

  it('what is not in the charset that its sender names, or in one that nobody knows', () => {
    expect(() => decodeText(bytes('Jos', 0xe9), 'utf-8')).toThrow('is not UTF-8, as its Content-Type says')
    expect(() => decodeText(bytes('Jos', 0xe9), 'ebcdic-7')).toThrow('a charset that is not known, "ebcdic-7"')
  })
})

it('a long text is read in slices, so that calls go on meanwhile, and characters across their borders are whole', async () => {
  const text = '+14155550141;Müller – später\n'.repeat(30_000)
  let turns = 0
  const other = setInterval(() => turns++, 0)
  for (const file of [Buffer.from(text), Buffer.from(`\uFEFF${text}`, 'utf16le')])
    expect(await decodeLongText(file)).toBe(text)
  const latin = text.replaceAll('–', '-')
  expect(await decodeLongText(Buffer.from(latin, 'latin1'))).toBe(latin)
  clearInterval(other)
  expect(turns).toBeGreaterThan(5)
  await expect(decodeLongText(Buffer.from(`${latin}£ukasz`, 'latin1'))).rejects.toThrow('is neither UTF-8 nor')
})
