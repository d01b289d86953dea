import { decodeText } from '@llc-phone/files'
import { expect, it } from 'vitest'
import { readCustomerFile } from '../src/cli/customer-file.ts'

const FILE = 'First Name;LAST_NAME;Phones;date of birth\r\nJürgen;Müller;"+14155550141;+14155550142";1984-05-17\r\n'

it.each([
  ['Windows-1252 with semicolons', Buffer.from(FILE, 'latin1')],
  ['UTF-16', Buffer.from(`\uFEFF${FILE}`, 'utf16le')],
  ['UTF-8 with tabs', Buffer.from(FILE.replaceAll(/;(?!\+)/g, '\t'))],
])('customers come rightly out of a list in %s, whatever the case of its columns', async (_, bytes) =>
  expect(await readCustomerFile(decodeText(bytes))).toMatchObject({
    problems: [],
    rows: [
      {
        line: 2,
        first_name: 'Jürgen',
        last_name: 'Müller',
        phones: ['+14155550141', '+14155550142'],
        date_of_birth: '1984-05-17',
      },
    ],
  }),
)

it('a number as it is spelt here is refused, with the number that was meant', async () =>
  expect(
    (await readCustomerFile('first_name,last_name,phones\nAnn,Field,(202) 555-0100\n', ['+14155550100'])).problems,
  ).toEqual([{ line: 2, message: 'phones: "(202) 555-0100" is not in E.164 form; did you mean +12025550100?' }]))

it('a column that is not known, or there twice, is named as the file has it', async () =>
  expect(
    (await readCustomerFile('first_name;FIRST NAME;last_name;phones;Colour\n')).problems.map(({ message }) => message),
  ).toEqual([expect.stringContaining('there is no column "colour"'), 'the column "first_name" is there twice']))

it('a list whose lines all have one telephone, or lines with ever more of them, is refused in no time', async () => {
  const at = performance.now()
  const same = Array.from({ length: 5_000 }, (_, n) => `Ann${n},Field,+14155550141`)
  const many = Array.from({ length: 300 }, (_, n) => `+1415555${1000 + n}`).join(';')
  const rest = [`Bob,Long,${many}`, `Cid,Odd,1x${'no..'.repeat(3_000)}!`]
  const { rows, problems } = await readCustomerFile(['first_name,last_name,phones', ...same, ...rest, ''].join('\n'))
  expect(rows).toHaveLength(50)
  expect(problems).toHaveLength(5_000 - 50 + 2)
  expect(problems[0]).toEqual({ line: 52, message: expect.stringContaining('as 50 lines before it') })
  expect(problems.at(-2)?.message).toBe('phones: has more than 10')
  expect(problems.at(-1)?.message.length).toBeLessThan(200)
  expect(performance.now() - at).toBeLessThan(10_000)
})
