import { describe, expect, it } from 'vitest'
import { columnKey, csvOf, CsvProblem, csvRecords } from '../src/index.ts'

const cellsOf = (text: string) => csvOf(text).map(({ cells }) => cells)

describe('a list is read whatever program has written it', () => {
  const rows = [
    ['number', 'reason'],
    ['+14155550141', 'called; twice, at night'],
  ]
  it.each([
    ['commas', 'number,reason\n+14155550141,"called; twice, at night"\n'],
    ['semicolons', 'number;reason\n+14155550141;"called; twice, at night"\n'],
    ['tabs', 'number\treason\n+14155550141\tcalled; twice, at night\n'],
    ['Windows line ends', 'number;reason\r\n+14155550141;"called; twice, at night"\r\n'],
    ['old Mac line ends', 'number;reason\r+14155550141;"called; twice, at night"\r'],
    ['mixed line ends', 'number;reason\r\n\n+14155550141;"called; twice, at night"\r'],
    ["Excel's own first line", 'sep=;\r\nnumber;reason\r\n+14155550141;"called; twice, at night"\r\n'],
    ['a byte order mark', '\uFEFFnumber;reason\n+14155550141;"called; twice, at night"'],
    ['line ends of Unicode', 'number;reason\u2028+14155550141;"called; twice, at night"\u0085'],
    ['empty rows of a spreadsheet', ';;\nnumber;reason\n;\n+14155550141;"called; twice, at night"\n;;\n'],
    ['everything quoted', '"number";"reason"\n"+14155550141";"called; twice, at night"\n'],
  ])('%s', async (_, text) => {
    expect(cellsOf(text)).toEqual(rows)
    const streamed: (readonly string[])[] = []
    for await (const { cells } of csvRecords(text)) streamed.push(cells)
    expect(streamed).toEqual(rows)
  })

  it('a comma in the name of a column, before the semicolon', () =>
    expect(cellsOf('name, title;number\nAnna Keller;+14155550141\n')).toEqual([
      ['name, title', 'number'],
      ['Anna Keller', '+14155550141'],
    ]))

  it('a separator that comes only with the second line', () =>
    expect(cellsOf('+14155550141\n+14155550142;asked\n')).toEqual([['+14155550141'], ['+14155550142', 'asked']]))

  it('line breaks inside quotes, of every kind', () =>
    expect(cellsOf('number,reason\r\n+14155550141,"on\r\ntwo\nlines"\r\n+14155550142,x')).toEqual([
      ['number', 'reason'],
      ['+14155550141', 'on\r\ntwo\nlines'],
      ['+14155550142', 'x'],
    ]))
})

it.each([
  ['number\n+1\n+2\n', [1, 2, 3]],
  ['number\r\n+1\r\n\r\n+2\r\n', [1, 2, 4]],
  ['number\r+1\r+2\r', [1, 2, 3]],
  ['sep=;\r\nnumber\r\n+1\r\n', [2, 3]],
  ['number,reason\n+1,"a\nb"\n+2,c\n', [1, 3, 4]],
])('every record of %j knows its line', (text, lines) => expect(csvOf(text).map(({ line }) => line)).toEqual(lines))

it('says from which line on it is no list', async () => {
  const text = '+14155550141,ok\n+14155550142,"never closed\n'
  expect(() => csvOf(text)).toThrow(CsvProblem)
  const reading = (async () => {
    for await (const _ of csvRecords(text));
  })()
  await expect(reading).rejects.toMatchObject({ line: expect.any(Number), message: expect.stringContaining('quotes') })
})

it.each(['First Name', 'FIRST_NAME', 'first-name', ' first_name ', 'Ｆirst　Name'])(
  '%s names the same column as first_name',
  (name) => expect(columnKey(name)).toBe(columnKey('first_name')),
)
