import { e164 } from '@llc-phone/core'
import type { Contact } from '@llc-phone/store'
import { describe, expect, it } from 'vitest'
import { checkConsent } from '../src/consent.ts'

const to = e164('+14155550123')
const now = new Date('2026-03-02T09:00:00Z')
const day = (days: number): Date => new Date(now.getTime() + days * 86_400_000)
const holder = (...consents: Partial<Contact['consents'][number]>[]) => ({
  consents: consents.map((consent) => ({
    purpose: 'informational' as const,
    source: 'form',
    givenAt: day(-10),
    ...consent,
  })),
})

describe('consent', () => {
  it('needs no record for a call that needs none', () => {
    expect(checkConsent(to, undefined, undefined, now)).toBeUndefined()
  })

  it.each([
    ['informational', 'informational', true],
    ['informational', 'marketing', true],
    ['marketing', 'marketing', true],
    ['marketing', 'informational', false],
  ] as const)('for %s calls, given for %s: %s', (needed, purpose, holds) => {
    expect(checkConsent(to, needed, holder({ purpose }), now) === undefined).toBe(holds)
  })

  it.each([
    ['revoked', { revokedAt: day(-1) }],
    ['expired', { expiresAt: day(-1) }],
    ['expiring this very moment', { expiresAt: now }],
    ['not begun', { givenAt: day(1) }],
  ])('that is %s does not hold', (_what, change) => {
    expect(checkConsent(to, 'informational', holder(change), now)).toMatchObject({ gate: 'consent' })
  })

  it('that was taken back is not made up for by the wider one, and does not take that back', () => {
    const both = holder({ revokedAt: day(-1) }, { purpose: 'marketing' })
    expect(checkConsent(to, 'informational', both, now)).toMatchObject({ gate: 'consent' })
    expect(checkConsent(to, 'marketing', both, now)).toBeUndefined()
  })

  it('that has expired is made up for by the wider one', () => {
    const both = holder({ expiresAt: day(-1) }, { purpose: 'marketing' })
    expect(checkConsent(to, 'informational', both, now)).toBeUndefined()
  })

  it('is refused to strangers, with a sentence that does not show the number', () => {
    const refused = checkConsent(to, 'marketing', undefined, now)!
    expect(refused.sentence).toBe('There is no record that +1415•••0123 agreed to marketing calls.')
    expect(refused.until).toBeUndefined()
  })
})
