import type { E164 } from '@llc-phone/core'
import { describe, expect, it } from 'vitest'
import { defaultPolicy, dialingPolicySchema } from '../src/index.ts'
import { LONDON, OURS } from './support/rig.ts'

const policy = defaultPolicy(OURS)
const problems = (changes: object): string[] =>
  (dialingPolicySchema.safeParse({ ...policy, ...changes }).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  )

describe('the policy', () => {
  it('is careful by default: the country of our number, by day, 50 US dollars', () => {
    expect(problems({})).toEqual([])
    expect(policy.destinations.countries).toEqual(['US'])
    expect(defaultPolicy(LONDON).destinations.countries).toEqual(['GB'])
    expect(defaultPolicy('+19995550100' as E164).destinations.countries).toEqual([])
    expect(policy.callingHours).toEqual({ from: '08:00', to: '21:00' })
    expect(policy.spend.perDayUsd).toBe(50)
  })

  it('says what to write instead of what is wrong', () => {
    expect(problems({ destinations: { countries: ['USA'] } })).toEqual([
      'destinations.countries.0: write a country as its two letters, like "US"',
    ])
    expect(problems({ destinations: { countries: [], deny: ['44'] } })[0]).toContain('like "+4420"')
    expect(problems({ callingHours: { from: '8:00', to: '21:00' } })[0]).toContain('like "08:00"')
    expect(problems({ callingHours: { from: '08:00', to: '21:00', days: { sun: '9-5' } } })).toEqual([
      'callingHours.days.sun: write "closed" or the hours of one day, like "10:00-17:00"',
    ])
    expect(problems({ spend: { ...policy.spend, timeZone: 'Berlin' } })[0]).toContain('like "America/New_York"')
    expect(problems({ callsPerSecond: 0, extra: 1 })).toHaveLength(2)
  })

  it('has a pace that a timer can keep, and a limit of spend that running calls count towards', () => {
    expect(problems({ callsPerSecond: 1e-9 })).toHaveLength(1)
    expect(problems({ callsPerSecond: 0.01 })).toEqual([])
    expect(problems({ spend: { ...policy.spend, reserveUsd: 0 } })).toEqual([
      'spend.reserveUsd: must be more than 0, or calls at the same time would count as nothing towards perDayUsd',
    ])
    expect(problems({ spend: { ...policy.spend, perDayUsd: undefined, reserveUsd: 0 } })).toEqual([])
  })

  it('takes the calling hours as every other hours are written', () => {
    for (const callingHours of [
      { from: '00:00', to: '24:00' },
      { from: '20:00', to: '02:00', days: { fri: '09:00-12:00, 13:00-17:00', 'sat-sun': 'closed' } },
      '09:00-12:00, 13:00-20:00',
      { 'mon-fri': '08:00-21:00', sat: '18:00-02:00' },
    ])
      expect(problems({ callingHours })).toEqual([])
    expect(problems({ callingHours: { from: '08:00', to: '08:00' } })[0]).toMatch(
      /^callingHours.to: .* ends as it begins/,
    )
    expect(problems({ callingHours: '8-21' })[0]).toContain('callingHours: write "closed" or the hours of one day')
    expect(problems({ callingHours: { weekdays: '08:00-21:00' } })[0]).toContain('"weekdays" is no day')
    expect(problems({ callingHours: { from: '08:00' } })[0]).toMatch(/^callingHours.to: /)
    expect(problems({ callingHours: undefined })).toHaveLength(1)
    expect(problems({ callingHours: 8 })).toHaveLength(1)
  })
})
