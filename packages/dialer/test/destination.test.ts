import { e164, type E164 } from '@llc-phone/core'
import { describe, expect, it } from 'vitest'
import { checkDestination, countriesOf } from '../src/destination.ts'

const US = { countries: ['US'] }
const WEST = { countries: ['US', 'GB', 'DE', 'FR', 'AU', 'IT', 'NO', 'JP'] }

/** Numbers that are no possible ones at all never get here from the edge, but a prefix may have let them in elsewhere. */
const raw = (text: string): E164 => text as E164

describe('a destination', () => {
  it.each([
    '+14155550100',
    '+12125550123',
    '+15551234567',
    '+447700900123',
    '+442079460123',
    '+441632960123',
    '+61491570156',
    '+493023125000',
  ])('allows the ordinary number %s, fictional or not, in a country that is listed', (number) => {
    expect(checkDestination(e164(number), WEST)).toBeUndefined()
  })

  it.each([
    ['+18765550100', 'JM'],
    ['+18760550100', 'JM'],
    ['+16585550100', 'JM'],
    ['+18095550123', 'DO'],
    ['+18295550123', 'DO'],
    ['+12425550100', 'BS'],
    ['+12685550100', 'AG'],
    ['+12845550100', 'VG'],
    ['+14735550100', 'GD'],
    ['+16495550100', 'TC'],
    ['+17675550100', 'DM'],
    ['+16715550100', 'GU'],
    ['+17875550100', 'PR'],
    ['+16845550100', 'AS'],
    ['+12045550100', 'CA'],
    ['+18675550100', 'CA'],
    ['+77012345678', 'KZ'],
    ['+441481960194', 'GG'],
    ['+390669812345', 'VA'],
    ['+79161234567', 'RU'],
  ])('tells %s from its neighbours with the same country code: it is in %s', (number, country) => {
    expect(countriesOf(raw(number))).toEqual([country])
    expect(checkDestination(raw(number), { countries: ['US', 'GB', 'IT'] })).toMatchObject({ gate: 'destination' })
    expect(checkDestination(raw(number), { countries: [country] })).toBeUndefined()
  })

  it.each(['+19995550100', '+12005550100'])('refuses %s, whose area code is nowhere', (number) => {
    expect(checkDestination(raw(number), US)?.sentence).toContain('cannot be told')
    expect(checkDestination(raw(number), { ...US, allow: [number.slice(0, 5)] })).toBeUndefined()
  })

  it.each([
    ['premium rate', '+19005551234'],
    ['premium rate that is no valid number', '+19000551234'],
    ['premium rate', '+448712345678'],
    ['premium rate that is no valid number', '+49900123456'],
    ['premium rate', '+611902000000'],
    ['shared cost', '+491805123456'],
    ['shared cost', '+448435551234'],
    ['personal', '+447012345678'],
    ['personal', '+15005550006'],
    ['a 976 exchange', '+12129761234'],
    ['Abkhazia', '+78405550123'],
    ['inmarsat', '+870773111632'],
    ['universal personal', '+8781012345678'],
    ['iridium', '+881612345678'],
    ['international networks', '+882161234567'],
    ['international networks', '+88312345678'],
    ['international premium rate', '+979123456789'],
    ['international shared cost', '+80812345678'],
    ['international freephone', '+80012345678'],
    ['disaster relief', '+88812345678'],
  ])('refuses %s numbers such as %s in every country', (_kind, number) => {
    expect(checkDestination(raw(number), WEST)).toMatchObject({ gate: 'destination' })
  })

  it('opens an expensive range only to a prefix of that very range', () => {
    const at = (number: string, prefix: string) =>
      checkDestination(raw(number), { countries: ['US', 'GB'], allow: [prefix] })
    expect(at('+881612345678', '+8816')).toBeUndefined()
    expect(at('+881612345678', '+881')).toBeUndefined()
    expect(at('+19005551234', '+1900')).toBeUndefined()
    expect(at('+448712345678', '+44871')).toBeUndefined()
    for (const [number, prefix] of [
      ['+19005551234', '+1'],
      ['+448712345678', '+44'],
      ['+447012345678', '+447'],
    ] as const)
      expect(at(number, prefix)).toMatchObject({ gate: 'destination' })
  })

  it('opens a country, or a part of it, to a prefix', () => {
    expect(checkDestination(e164('+18765550100'), { ...US, allow: ['+1876'] })).toBeUndefined()
    expect(checkDestination(e164('+442079460123'), { ...US, allow: ['+4420'] })).toBeUndefined()
    expect(checkDestination(e164('+447700900123'), { ...US, allow: ['+4420'] })).toMatchObject({ gate: 'destination' })
  })

  it('lets a denied prefix win over everything', () => {
    const policy = { countries: ['US'], allow: ['+1415'], deny: ['+1415555'] }
    expect(checkDestination(e164('+14155550100'), policy)?.sentence).toContain('+1415555')
    expect(checkDestination(e164('+14156660100'), policy)).toBeUndefined()
  })

  it('refuses our own numbers, whatever the policy allows', () => {
    const ours = e164('+14155550100')
    const refused = checkDestination(ours, { countries: ['US'], allow: ['+1'] }, (number) => number === ours)
    expect(refused?.sentence).toContain("gateway's own")
  })

  it('says where the number is and what is allowed, without the number', () => {
    const { sentence } = checkDestination(e164('+18765550100'), US)!
    expect(sentence).toBe('+1876•••0100 is in JM; the policy allows US.')
  })
})
