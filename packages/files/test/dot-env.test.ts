import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { loadDotEnv, TextProblem } from '../src/index.ts'

let file: string
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'llc-phone-env-'))
  file = join(folder, '.env')
  for (const name of ['FIRST_OF_FILE', 'SECOND_OF_FILE']) vi.stubEnv(name, undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const TEXT = 'FIRST_OF_FILE=José\n# a remark\nSECOND_OF_FILE="two words"\n'

it.each([
  ['as it should be', Buffer.from(TEXT)],
  ['with a byte order mark', Buffer.from(`\uFEFF${TEXT}`)],
  ['with the line ends of Windows', Buffer.from(TEXT.replaceAll('\n', '\r\n'))],
  ['with those of an old Mac', Buffer.from(TEXT.replaceAll('\n', '\r'))],
  ['in UTF-16 LE', Buffer.from(`\uFEFF${TEXT.replaceAll('\n', '\r\n')}`, 'utf16le')],
  ['in UTF-16 BE', Buffer.from(`\uFEFF${TEXT}`, 'utf16le').swap16()],
  [
    'put together from files with byte order marks',
    Buffer.from(`\uFEFF\uFEFF${TEXT.replace('SECOND', '\uFEFFSECOND')}`),
  ],
  [
    'copied from a web page',
    Buffer.from(`\u00A0${TEXT.replace('SECOND_OF_FILE', '\u200B\u00A0SECOND_OF_FILE\u200B')}`),
  ],
  ['with line ends of Unicode', Buffer.from(TEXT.replaceAll('\n', '\u2028'))],
  ['in Windows-1252', Buffer.from(TEXT, 'latin1')],
])('reads a .env %s', (_, bytes) => {
  writeFileSync(file, bytes)
  loadDotEnv(file)
  expect([process.env['FIRST_OF_FILE'], process.env['SECOND_OF_FILE']]).toEqual(['José', 'two words'])
})

it('lets a real variable win, and does without the file', () => {
  vi.stubEnv('FIRST_OF_FILE', 'real')
  loadDotEnv(file)
  writeFileSync(file, TEXT)
  loadDotEnv(file)
  expect(process.env['FIRST_OF_FILE']).toBe('real')
})

it('says what is wrong with one that is no text', () => {
  mkdirSync(file)
  expect(() => loadDotEnv(file)).toThrow(new TextProblem('cannot be read (EISDIR): it is a folder'))
  rmSync(file, { recursive: true })
  writeFileSync(file, Buffer.from([0x4e, 0, 0, 0x3d, 0x31]))
  expect(() => loadDotEnv(file)).toThrow('holds zero bytes')
})
