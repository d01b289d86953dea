import type { E164 } from '@llc-phone/core'
import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { type DrizzleStore } from '@llc-phone/store-drizzle'
import { at, callee } from '@llc-phone/store/testing'
import { testDatabase, testStore } from '../../src/testing/test-database.ts'

let store: DrizzleStore

beforeEach(async () => {
  store = await testStore()
})

const form = { purpose: 'informational', source: 'Web form', givenAt: at(1) } as const
const revokedAt = expect.any(Date) as Date

describe('a contact', () => {
  it('is forgotten with its consents', async () => {
    await store.contacts.giveConsent(callee, form)
    expect(await store.contacts.remove(callee)).toBe(true)
    expect(await store.contacts.remove(callee)).toBe(false)
    expect(await store.contacts.find(callee)).toBeUndefined()
    expect(await store.database.all(sql`SELECT count(*) FROM consents`)).toEqual([[0]])
  })

  it('is listed by number, page by page, each with its own consents', async () => {
    const numbers = Array.from({ length: 5 }, (_, n) => `+1415555010${n}` as E164)
    for (const number of numbers.toReversed()) {
      await store.contacts.giveConsent(number, { ...form, source: number })
      await store.contacts.giveConsent(number, { ...form, purpose: 'marketing', source: number })
    }
    const [first, ...others] = await store.contacts.list({ limit: 2, after: numbers[1]! })
    expect(first).toEqual({
      number: numbers[2],
      consents: [
        { ...form, source: numbers[2] },
        { ...form, purpose: 'marketing', source: numbers[2] },
      ],
    })
    expect(others.map(({ number }) => number)).toEqual([numbers[3]])
    expect(await store.contacts.list()).toHaveLength(5)
  })
})

describe('a consent', () => {
  it('is kept for its purpose, with its source and its end, over a restart', async () => {
    const database = await testDatabase()
    const first = await database.open()
    await first.contacts.setTimeZone(callee, 'Europe/Zurich')
    await first.contacts.giveConsent(callee, form)
    await first.contacts.giveConsent(callee, { ...form, purpose: 'marketing', expiresAt: at(100) })
    await first.close()
    const second = await database.open()
    expect(await second.contacts.find(callee)).toEqual({
      number: callee,
      timeZone: 'Europe/Zurich',
      consents: [form, { ...form, purpose: 'marketing', expiresAt: at(100) }],
    })
  })

  it('is revoked with all others when no purpose is named, and only once', async () => {
    await store.contacts.giveConsent(callee, form)
    await store.contacts.giveConsent(callee, { ...form, purpose: 'marketing' })
    await store.contacts.revokeConsent(callee)
    const first = await store.contacts.find(callee)
    expect(first?.consents.map((consent) => consent.revokedAt)).toEqual([revokedAt, revokedAt])
    await store.database.run(sql`UPDATE consents SET revoked_at = ${at(3).getTime()}`)
    await store.contacts.revokeConsent(callee)
    expect((await store.contacts.find(callee))?.consents[0]?.revokedAt).toEqual(at(3))
    await store.contacts.revokeConsent('+14155550199')
  })
})

it('notes of a call are kept in the order they were taken', async () => {
  await store.callNotes.add({ callId: 'call 1', text: 'Wants a call in spring' })
  await store.callNotes.add({ callId: 'call 2', text: 'Other' })
  await store.callNotes.add({ callId: 'call 1', text: `Prefers "mornings" 🌅` })
  const when = expect.any(Date) as Date
  expect(await store.callNotes.of('call 1')).toEqual([
    { text: 'Wants a call in spring', at: when },
    { text: `Prefers "mornings" 🌅`, at: when },
  ])
  expect(await store.callNotes.of('nobody')).toEqual([])
})
