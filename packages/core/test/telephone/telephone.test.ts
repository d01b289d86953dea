import { describe, expect, it } from 'vitest'
import { e164, meantE164, readTelephone, sayTelephone, spokenTelephone, telephoneText } from '../../src/index.ts'

const ours = e164('+14155550102')
const berlin = e164('+493012345678')

describe('a number that a caller says', () => {
  it.each([
    '415 555 0142 ext 22',
    '415 555 0142 x22',
    '415 555 0142 x 22',
    '(415) 555-0142 extension 22',
    '415 555 0142 ext. 22',
    '415 555 0142 EXT: 22',
    '415 555 0142 #22',
    '415 555 0142 # 22',
    '415 555 0142 Durchwahl 22',
    '415 555 0142 Nebenstelle 22',
    '+14155550142;ext=22',
    'tel:+1-415-555-0142;ext=22',
    '415 555 0142,22',
    '415 555 0142, 22',
    '415 555 0142,,22',
    '4155550142w22',
    '415 555 0142, extension 22.',
    '415 555 0142 (ext 22)',
    '415 555 0142 extension two two',
    '415 555 0142 extension twenty-two',
    '415 555 0142 extensión 22',
    '415, 555, 0142, extension 22',
    '1-415-555-0142 x2-2',
    'four one five, triple five, oh one four two, extension double two',
    '011 1 415 555 0142 ext 22',
    '415 555 0142 extension number 22',
    '415 555 0142, and the extension is 22',
    '415 555 0142 extension is two two',
    'my number is 415 555 0142, extension 22 please',
    'extension 22 at 415 555 0142',
    'ext. 22, 415 555 0142',
  ])('keeps its extension: %s', (said) =>
    expect(spokenTelephone(said, ours)).toEqual({ number: '+14155550142', extension: '22' }),
  )

  it.each([
    ['four one five five five five zero one four two', ours, '+14155550142'],
    ['415, 555, 0142', ours, '+14155550142'],
    ["it's 415 555 0142 (mobile)", ours, '+14155550142'],
    ['call me on 415-555-0142, thank you', ours, '+14155550142'],
    ['00 49 30 901820', ours, '+4930901820'],
    ['+52 1 55 1234 5678', ours, '+525512345678'],
    ['plus 52 1 55 1234 5678', ours, '+525512345678'],
    ['415.555.0142.', ours, '+14155550142'],
    ['0044 20 7946 0123', ours, '+442079460123'],
    ['+49 30 1234567', ours, '+49301234567'],
    ['030 1234567', berlin, '+49301234567'],
    ['0151 12345678', berlin, '+4915112345678'],
    ['030, 1234567', berlin, '+49301234567'],
  ])('is read in our own country unless it names another: %s', (said, near, number) =>
    expect(spokenTelephone(said, near)).toEqual({ number }),
  )

  it('keeps an extension abroad', () =>
    expect(spokenTelephone('030 1234567 DW 22', berlin)).toEqual({ number: '+49301234567', extension: '22' }))

  it.each([
    '415 555 0142 flat 22',
    '415 555 0142 option 2',
    '415 555 0142 Dexter 22',
    'extension 22 and 23 at 415 555 0142',
    '',
    '555 01',
    '+1',
    'my usual one',
    '911; DROP TABLE',
    'ext 22',
    '415 555 0142 ext',
    '415 555 0142 ext 12345678901',
    '415 555 01422',
    '1',
    '415 555 0142 or 415 555 0143',
  ])('is asked for again when it cannot be one: %s', (said) => expect(spokenTelephone(said, ours)).toBeUndefined())
})

it.each([
  [{ number: e164('+14155550142'), extension: '22' }, '+14155550142 ext. 22'],
  [{ number: e164('+14155550142'), extension: '007' }, '+14155550142 ext. 007'],
  [{ number: e164('+442079460123') }, '+442079460123'],
])('is written so that it can be read again', (telephone, text) => {
  expect(telephoneText(telephone)).toBe(text)
  expect(readTelephone(text)).toEqual(telephone)
})

it.each([
  [{ number: e164('+14155550142'), extension: '22' }, ours, '(415) 555-0142 ext. 22'],
  [{ number: e164('+14155550142') }, berlin, '+1 415 555 0142'],
  [{ number: e164('+442079460123') }, ours, '+44 20 7946 0123'],
])('is said in groups, with its country to somebody in another', (telephone, near, text) =>
  expect(sayTelephone(telephone, near)).toBe(text),
)

it.each(['415 555 0142 ext. 22', 'unknown', '', '+1'])('is not kept as "%s"', (text) =>
  expect(readTelephone(text)).toBeUndefined(),
)

describe('what nobody says', () => {
  it.each([
    ['1x', 'no..', '!'],
    ['1 x ', 'no. . ', '!'],
    ['1 ext ', "it's=# ", '!'],
    ['1', ' and', '!'],
    ['1', ' ', 'x'],
    ['1 ', ', ', '!'],
    ['', 'call ', '!'],
    ['', '1 ', 'ext'],
    ['', ' please thanks', '!'],
    ['', 'twenty-', '!'],
    ['ext ', '1.', ' at '],
    ['1', '\t', '0'],
    ['1', '/', '0'],
    ['ext', 'no \t', ''],
  ])('is read in no time: "%s" and many of "%s"', (first, many, last) => {
    const at = performance.now()
    const said = `${first}${many.repeat(5_000 / many.length)}${last}`
    for (const text of [said, said.slice(-200), said.slice(0, 200), `1${said.slice(-199)}`]) {
      expect(readTelephone(text)).toBeUndefined()
      spokenTelephone(text, ours)
      meantE164(text, [ours])
    }
    expect(performance.now() - at).toBeLessThan(1_000)
  })
})
