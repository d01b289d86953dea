import { expect, test } from 'vitest'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readCallArguments } from '../src/cli/call-arguments.ts'
import { loadDotEnv } from '../src/dev.ts'
import { encodeUlaw } from '@llc-phone/virtual-carrier/ulaw'
import { writeStereoWav } from '@llc-phone/virtual-carrier/wav'

test('steps stay in the order they were typed, whatever they are', () => {
  const { steps } = readCallArguments([
    '--say',
    'one',
    '--dtmf',
    '1#',
    '--say=two',
    '--interrupt',
    'wait',
    '--to',
    '+14155550102',
    '--wait',
    '500',
    '--hangup',
  ])
  expect(steps).toEqual([
    { say: 'one' },
    { dtmf: '1#' },
    { say: 'two' },
    { interrupt: 'wait' },
    { wait: 500 },
    { hangup: true },
  ])
})

test('without anything: the first mode is rung from a fictional number', () => {
  expect(readCallArguments([])).toEqual({
    to: '+14155550101',
    from: '+14155550199',
    voice: 'rms',
    strict: false,
    steps: [],
    out: undefined,
    json: false,
    report: undefined,
    gateway: {},
    reach: {},
  })
})

test('a WAV is read from where the command was typed', () => {
  const directory = mkdtempSync(join(tmpdir(), 'cli-'))
  const track = encodeUlaw(Int16Array.from({ length: 1600 }, (_, i) => 8000 * Math.sin(i / 3)))
  writeFileSync(join(directory, 'words.wav'), writeStereoWav(track, track))
  const { steps, out } = readCallArguments(['--audio', 'words.wav', '--out', 'call.wav'], directory)
  expect(steps).toEqual([{ audio: track }])
  expect(out).toBe(join(directory, 'call.wav'))
})

test('another gateway: any path, either method, a status address or none', () => {
  const order = (...args: string[]) => readCallArguments(args).gateway
  const url = 'https://localhost:5050/telephony/in?tenant=7'
  expect(order('--voice-url', url, '--voice-method', 'get')).toEqual({ voiceUrl: url, method: 'GET' })
  expect(order('--voice-url', url, '--status-url', 'none')).toEqual({ voiceUrl: url, statusCallback: null })
  expect(order('--status-url', `${url}&s`)).toEqual({ statusCallback: `${url}&s` })
  expect(readCallArguments(['--insecure']).reach).toEqual({ insecure: true })
})

test('--phrases stands alone, or names a mode', () => {
  expect(readCallArguments(['--phrases']).phrases).toBe(true)
  expect(readCallArguments(['--phrases', 'ivr', '--json'])).toMatchObject({ phrases: 'ivr', json: true })
})

test('--report stands alone, or names a file', () => {
  const report = (...args: string[]) => readCallArguments(args, '/tmp').report
  expect(report('--report')).toBe(true)
  expect(report('--report', '--say', 'one')).toBe(true)
  expect(report('--report', 'figures.json')).toBe('/tmp/figures.json')
  expect(report('--report=figures.json', '--json')).toBe('/tmp/figures.json')
  expect(readCallArguments(['--report', 'r.json', '--say', 'one'], '/tmp').steps).toEqual([{ say: 'one' }])
})

test.each([
  [['--to', '555'], /"555" is no telephone number/],
  [['--voice', 'hal'], /There is no voice "hal": choose one of slt, rms/],
  [['--dtmf', '12x'], /"12x" is no DTMF/],
  [['--wait', 'long'], /"long" is no time to wait/],
  [['--audio', 'missing.wav'], /Cannot use .*missing\.wav/],
  [['--voice-url', '127.0.0.1:5050/voice'], /--voice-url "127\.0\.0\.1:5050\/voice" is no address/],
  [['--voice-url', 'ftp://127.0.0.1/voice'], /is no address/],
  [['--status-url', 'off'], /--status-url "off" is no address/],
  [['--voice-method', 'PUT'], /neither GET nor POST/],
  [['--ca', 'nowhere.pem'], /Cannot read .*nowhere\.pem/],
  [['--shout', 'hi'], /Unknown option '--shout'/],
  [['hello'], /Unexpected argument 'hello'/],
])('%s is refused with exit code 2', (args, message) => {
  expect(() => readCallArguments(args)).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) as string }),
  )
})

test.each([
  ['(415) 555-0101', 'did you mean +14155550101?'],
  ['1-415-555-0101', 'did you mean +14155550101?'],
  ['+1 415 555 0101', 'did you mean +14155550101?'],
  ['４１５５５５０１０１', 'did you mean +14155550101?'],
  ['20255501001', 'write a plus'],
  ['0114 496 0123', 'write a plus'],
  ['1-800-FLOWERS', 'write a plus'],
])('a number as it is spelt here, %s, is refused with what was meant: %s', (typed, says) => {
  expect(() => readCallArguments(['--to', typed])).toThrow(says)
})

test('.env is read as editors on Windows save it', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'env-')), '.env')
  for (const [index, file] of [
    Buffer.from('\uFEFFLLC_TEST_MARKED_0=yes\r\n'),
    Buffer.from('\uFEFFLLC_TEST_MARKED_1=yes\r\n', 'utf16le'),
    Buffer.from('\uFEFFLLC_TEST_MARKED_2=yes\r\n', 'utf16le').swap16(),
  ].entries()) {
    writeFileSync(path, file)
    loadDotEnv(path)
    expect(process.env[`LLC_TEST_MARKED_${index}`]).toBe('yes')
    delete process.env[`LLC_TEST_MARKED_${index}`]
  }
})
