import { expect, it } from 'vitest'
import { isPayload } from '../src/audio.ts'

/** Everything a string of JavaScript can hold, one code unit at a time, where audio should be. */
const everyUnit = Array.from({ length: 0x1_00_00 }, (_, unit) => String.fromCharCode(unit))

it('no character in a payload makes a message that quotes it invalid JSON', () => {
  for (const unit of everyUnit) {
    const payload = `AAA${unit}`
    if (!isPayload(payload)) continue
    expect(JSON.parse(`{"payload":"${payload}"}`).payload).toBe(payload)
    expect(Buffer.from(payload).toString(), 'and survives the socket').toBe(payload)
  }
})

it.each([
  ['a line break', 'AAA\n'],
  ['a zero', 'AAA\u0000'],
  ['a tab', 'A\tAA'],
  ['the end of transmission', '\u0004AAA'],
  ['a quote', 'AA"A'],
  ['a backslash', 'AA\\A'],
  ['half a character', 'AAA\uD800'],
  ['a length that base64 has not', 'AAAAA'],
  ['a number', 7],
  ['nothing', undefined],
])('%s is no audio', (_what, value) => expect(isPayload(value)).toBe(false))

it.each(['', 'AAAA', '////', '+/8=', 'AA=='])('%j is', (value) => expect(isPayload(value)).toBe(true))
