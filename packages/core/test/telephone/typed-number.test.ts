import { expect, it } from 'vitest'
import { typedNumber } from '../../src/telephone/typed-number.ts'

it('understands a number as it is dialled at home, by the time zone of the business', async () => {
  const us = { timeZone: 'America/Los_Angeles' }
  expect(await typedNumber('415 555 0111', us)).toEqual({ number: '+14155550111', shown: '+1 415 555 0111' })
  expect(await typedNumber('(415) 555-0111 ext. 22', us)).toMatchObject({ number: '+14155550111', extension: '22' })
  expect((await typedNumber('089 1234567', { timeZone: 'Europe/Berlin' }))?.number).toBe('+49891234567')
  expect((await typedNumber('+44 20 7946 0123', us))?.number).toBe('+442079460123')
})

it('goes by the other numbers where the zone has no country, and does not guess without', async () => {
  expect((await typedNumber('415-555-2671', { timeZone: 'UTC', ours: ['+14155550100'] }))?.number).toBe('+14155552671')
  expect(await typedNumber('089 1234567', { timeZone: 'UTC' })).toBeUndefined()
  expect(await typedNumber('415 55', { timeZone: 'America/New_York' })).toBeUndefined()
  expect(await typedNumber('<b>call</b>', { timeZone: 'America/New_York' })).toBeUndefined()
})
