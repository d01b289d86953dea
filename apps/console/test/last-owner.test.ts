import { expect, it } from 'vitest'
import { losesLastOwner, type Change } from '../src/pages/system/last-owner.ts'
import { browserText, deedText, sizeText } from '../src/pages/system/system-words.ts'

const people = [
  { name: 'Ann', role: 'owner' },
  { name: 'Bea', role: 'owner' },
  { name: 'Cid', role: 'viewer' },
] as const
const keys = [
  { id: '1', person: 'Ann' },
  { id: '2', person: 'Bea', revokedAt: '2026-11-29T00:00:00Z' },
  { id: '3', person: 'Cid' },
]

it.each<[string, Change, boolean]>([
  ['the only owner with a key becomes less', { kind: 'role', name: 'Ann', role: 'manager' }, true],
  ['the only owner with a key goes', { kind: 'remove', name: 'Ann' }, true],
  ['her key goes', { kind: 'revoke', key: '1' }, true],
  ['she stays what she is', { kind: 'role', name: 'Ann', role: 'owner' }, false],
  ['an owner without a key goes', { kind: 'remove', name: 'Bea' }, false],
  ['somebody else goes', { kind: 'remove', name: 'Cid' }, false],
  ['a key of somebody else goes', { kind: 'revoke', key: '3' }, false],
])('warns when nobody is left who may let others in: %s', (_what, change, isLast) => {
  expect(losesLastOwner(people, keys, change)).toBe(isLast)
})

it('does not warn of what is so already, nor when another owner with a key stays', () => {
  expect(losesLastOwner(people, [keys[1]!, keys[2]!], { kind: 'remove', name: 'Bea' })).toBe(false)
  expect(losesLastOwner(people, [...keys, { id: '4', person: 'Bea' }], { kind: 'remove', name: 'Ann' })).toBe(false)
})

it('names browsers, actions and sizes for people', () => {
  expect(
    browserText('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36'),
  ).toBe('Chrome on Linux')
  expect(browserText('Mozilla/5.0 (Macintosh; Intel Mac OS X 14) AppleWebKit/605 Version/18.1 Safari/605')).toBe(
    'Safari on macOS',
  )
  expect(browserText('<script>alert(1)</script>')).toBe('<script>alert(1)</script>')
  expect(browserText(undefined)).toBe('unknown')
  expect([deedText('call_ended'), deedText('something_new')]).toEqual(['ended a call', 'something new'])
  expect([sizeText(12), sizeText(4_200_000), sizeText(42_000_000)]).toEqual(['1 kB', '4.2 MB', '42 MB'])
})
