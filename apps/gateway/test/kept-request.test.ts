import { expect, it } from 'vitest'
import { createKeptRequests } from '../src/kept-request.ts'

const OLD = 'an old secret of the fleet, 32 bytes'
const NEW = 'a new secret of the fleet, 32 bytes.'
const request = { to: '+14155550142', context: { name: 'Zoë' } }

it('a kept request is read by who knows the secret, whichever place it has in the list', () => {
  const sealed = createKeptRequests([OLD]).seal(request, 'call-1')
  expect(sealed).not.toContain('4155550142')
  expect(createKeptRequests([NEW, OLD]).open(sealed, 'call-1')).toEqual(request)
  expect(createKeptRequests([NEW]).open(sealed, 'call-1')).toBeUndefined()
})

it('is sealed differently each time, and for its call alone', () => {
  const kept = createKeptRequests([OLD])
  const sealed = kept.seal(request, 'call-1')
  expect(kept.seal(request, 'call-1')).not.toBe(sealed)
  expect(kept.open(sealed, 'call-2')).toBeUndefined()
})

it('is not read when it was cut or changed', () => {
  const kept = createKeptRequests([OLD])
  const bytes = Buffer.from(kept.seal(request, 'call-1'), 'base64url')
  for (const length of [0, 11, 12, 16, 20, 27, 28, bytes.length - 1])
    expect(kept.open(bytes.subarray(0, length).toString('base64url'), 'call-1')).toBeUndefined()
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed[at]! ^= 1
    expect(kept.open(changed.toString('base64url'), 'call-1')).toBeUndefined()
  }
})
