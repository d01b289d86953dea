import { runQuery, type DrizzleStore } from '@llc-phone/store-drizzle'
import { eq } from 'drizzle-orm'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { phoneClaim, customerDatabase } from '../src/db/schema.ts'
import type { CustomerStore } from '../src/index.ts'
import {
  ANNA,
  answer,
  build,
  callFrom,
  fakeCustomers,
  MARCUS,
  NAIRS,
  openDemo,
  STRANGER,
  tablesOfTest,
} from './fixtures.ts'

const { customers: people, customerPhones, failedProofs } = tablesOfTest()

let store: DrizzleStore
let customers: CustomerStore

beforeEach(async () => {
  ;({ store, customers } = await openDemo())
})

const call = (number: typeof ANNA | undefined, callId?: string) =>
  answer(build({ customers }), callFrom(number, callId))
const id = 'demo-anna-keller'
const contact = {
  phones: [ANNA],
  email: 'anna.keller@example.com',
  address: '12 Valencia Street, San Francisco',
  postcode: '94110',
}

describe('from the telephone on file', () => {
  it.each([
    ['the postcode', { postcode: '9411 0' }],
    ['the date of birth', { date_of_birth: '1984-05-17' }],
    ['the PIN', { pin: '2468' }],
  ])('%s proves who is calling', async (_, proof) => {
    const { use } = await call(ANNA)
    expect(await use('lookup_customer', {})).not.toHaveProperty('on_file')
    expect(await use('verify_identity', proof)).toEqual({
      status: 'verified',
      customer_id: id,
      name: 'Anna Keller',
      on_file: contact,
    })
    expect(await use('lookup_customer', {})).toMatchObject({ status: 'open', on_file: contact })
    expect(await runQuery(customerDatabase(store).select().from(failedProofs))).toEqual([])
  })

  it('contact data is changed only after it was proven who is calling', async () => {
    const { use } = await call(ANNA)
    const change = { customer_id: id, email: 'anna@example.org', phone_number: '(415) 555-0143', postcode: '94114' }
    await expect(use('update_customer', change)).rejects.toThrow(/verify_identity/)
    expect(await customers.contact(id)).toEqual(contact)
    await use('verify_identity', { customer_id: id, pin: '2468' })
    expect(await use('update_customer', change)).toMatchObject({ status: 'changed' })
    expect(await customers.contact(id)).toEqual({
      ...contact,
      email: 'anna@example.org',
      phones: ['+14155550143', ANNA],
      postcode: '94114',
    })
    await expect(use('update_customer', { customer_id: id })).rejects.toThrow(/Nothing to change/)
    await expect(use('update_customer', { customer_id: id, phone_number: '555 01' })).rejects.toThrow(
      /no complete telephone number\. Read back what you understood, "555 01", and/,
    )
    await expect(use('update_customer', { customer_id: id, email: 'anna at home' })).rejects.toThrow(/letter by letter/)
    await expect(use('update_customer', { customer_id: id, postcode: '10115 Berlin' })).rejects.toThrow(
      /no complete postcode/,
    )
    await use('update_customer', { customer_id: id, email: 'Anna dot Keller at Example dot COM' })
    expect(await customers.contact(id)).toMatchObject({ email: 'Anna.Keller@example.com' })
    await expect(use('update_customer', { customer_id: 'demo-marcus-webb', email: 'x@example.org' })).rejects.toThrow(
      /not open/,
    )
  })

  it('all that is said must be right, and what is not known proves nothing', async () => {
    const { use } = await call(ANNA)
    expect(await use('verify_identity', {})).toMatchObject({ status: 'more_needed' })
    expect(await use('verify_identity', { postcode: '94110', pin: '1111' })).toMatchObject({ status: 'not_verified' })
    const marcus = await call(MARCUS)
    expect(await marcus.use('verify_identity', { pin: '0000' })).toMatchObject({ status: 'not_verified' })
    expect(await marcus.use('verify_identity', { date_of_birth: '1970-01-01' })).toMatchObject({ tries_left: 1 })
    expect(await marcus.use('verify_identity', { postcode: '00000' })).toMatchObject({ tries_left: 0 })
  })

  it('what was not understood is asked for again, and is no wrong try', async () => {
    const { use } = await call(ANNA)
    for (const unclear of [
      { date_of_birth: '0090-05-17' },
      { date_of_birth: '1984-02-31' },
      { date_of_birth: '2084-05-17' },
      { date_of_birth: '05/06/1984' },
      { pin: 'no idea' },
      { pin: '24' },
      { postcode: '10115 Berlin' },
      { postcode: 'x', pin: '' },
    ])
      expect(await use('verify_identity', unclear)).toEqual({
        status: 'not_understood',
        tries_left: 3,
        say: expect.stringMatching(/which is no try.*ask again for the (date of birth|PIN|postcode)/),
      })
    for (const nothing of [{}, { pin: 'n/a' }, { postcode: '- -' }, { pin: ' ', postcode: 'unknown', customer_id: '' }])
      expect(await use('verify_identity', nothing)).toMatchObject({ status: 'more_needed' })
    expect(await runQuery(customerDatabase(store).select().from(failedProofs))).toEqual([])
    // Beside one that proves enough it does no harm.
    expect(await use('verify_identity', { pin: '2468', date_of_birth: '0000-00-00' })).toMatchObject({
      status: 'verified',
    })
  })

  it.each([
    { date_of_birth: 'May 17th, 1984' },
    { date_of_birth: '17/05/1984' },
    { postcode: '94110-1234' },
    { postcode: 'nine four one one oh' },
    { pin: '2 4 6 8' },
  ])('%o is said as people say it', async (proof) => {
    const { use } = await call(ANNA)
    expect(await use('verify_identity', proof)).toMatchObject({ status: 'verified' })
  })

  it('a check that could not be made, and one that was right, are no wrong tries', async () => {
    let fails = true
    const shaky = {
      ...customers,
      prove: async (claim: Parameters<typeof customers.prove>[0]) => {
        if (fails) throw new Error('SQLITE_BUSY')
        return customers.prove(claim)
      },
    }
    const { use } = await answer(build({ customers: shaky }), callFrom(ANNA))
    for (let n = 0; n < 4; n++)
      await expect(use('verify_identity', { pin: '2468' })).rejects.toThrow(/cannot be checked/)
    fails = false
    for (let n = 0; n < 4; n++)
      expect(await use('verify_identity', { pin: '2468' })).toMatchObject({ status: 'verified' })
    expect(await use('verify_identity', { pin: '1111' })).toMatchObject({ status: 'not_verified', tries_left: 2 })
  })

  it('three tries are all there are, also at the same time', async () => {
    const { use } = await call(ANNA)
    const wrong = await Promise.all(['1111', '2222', '3333', '4444'].map((pin) => use('verify_identity', { pin })))
    expect(wrong.map((one) => one.status)).toEqual(Array.from({ length: 4 }, () => 'not_verified'))
    expect(await use('verify_identity', { pin: '2468' })).toMatchObject({ status: 'not_verified', tries_left: 0 })
    expect(await runQuery(customerDatabase(store).select().from(failedProofs))).toHaveLength(3)
  })

  it('many calls do not give many tries', async () => {
    for (let n = 0; n < 3; n++) {
      const { use } = await call(ANNA, `call-${n}`)
      for (const pin of ['1111', '2222', '3333']) await use('verify_identity', { pin })
    }
    const { use } = await call(ANNA, 'call-9')
    expect(await use('verify_identity', { pin: '2468' })).toMatchObject({ status: 'not_verified' })
    // Others are not shut out with her.
    expect(await (await call(MARCUS)).use('verify_identity', { postcode: '94117' })).toMatchObject({
      status: 'verified',
    })
  })
})

describe('from another telephone', () => {
  const claim = { name: 'Anna Keller', phone_number: '415 555 0199' }

  it('the PIN, or date of birth and postcode, open the record that was named', async () => {
    for (const [number, proof] of [
      [STRANGER, { pin: '2468' }],
      [undefined, { date_of_birth: '1984-05-17', postcode: '94110' }],
    ] as const) {
      const { use } = await call(number)
      expect(await use('lookup_customer', claim)).toMatchObject({ status: 'not_open' })
      await expect(use('get_appointments', { customer_id: id })).rejects.toThrow(/not open/)
      expect(await use('verify_identity', proof)).toMatchObject({ status: 'verified', customer_id: id })
      expect((await use('get_appointments', { customer_id: id })).appointments).toHaveLength(1)
    }
  })

  it.each(['KELLER, Anna', 'Mrs. Anna M. Keller', 'anna keller', 'Keller Anna'])(
    'the name may be said as %s',
    async (name) => {
      const { use } = await call(STRANGER)
      await use('lookup_customer', { ...claim, name })
      expect(await use('verify_identity', { pin: '2468' })).toMatchObject({ status: 'verified', customer_id: id })
    },
  )

  it.each(['Hanna Keller', 'Anna Kellermann', 'Anna', 'A. Keller', 'Anna Maria Keller'])(
    'whoever says %s is somebody else, with the right PIN too',
    async (name) => {
      const { use } = await call(STRANGER)
      await use('lookup_customer', { ...claim, name })
      expect(await use('verify_identity', { pin: '2468' })).toMatchObject({ status: 'not_verified' })
    },
  )

  it('one of date of birth and postcode is not enough', async () => {
    const { use } = await call(STRANGER)
    await use('lookup_customer', claim)
    expect(await use('verify_identity', { postcode: '94110' })).toMatchObject({ status: 'more_needed' })
    expect(await use('verify_identity', { date_of_birth: '1984-05-17' })).toMatchObject({ status: 'more_needed' })
  })

  it('nothing that is answered tells who is a customer', async () => {
    const claims = [claim, { name: 'Anna Webb', phone_number: ANNA }, { name: 'No Body', phone_number: '415 555 0143' }]
    const told = []
    for (const one of claims) {
      const { use } = await call(STRANGER)
      const answers = [await use('lookup_customer', one), await use('verify_identity', { pin: '9999' })]
      told.push([...answers, await use('verify_identity', { postcode: '94110' })])
    }
    expect(told[1]).toEqual(told[0])
    expect(told[2]).toEqual(told[0])
  })

  it('a proof needs somebody it is about', async () => {
    const { use } = await call(STRANGER)
    await expect(use('verify_identity', { pin: '2468' })).rejects.toThrow(/lookup_customer/)
    await expect(use('verify_identity', { customer_id: id, pin: '2468' })).rejects.toThrow(/lookup_customer/)
  })
})

describe('somebody who guesses', () => {
  let calls = 0
  /** A call that claims to be Anna and says these PINs; the last answer. */
  const guess = async (
    number: typeof ANNA | undefined,
    pins: readonly string[],
    claimed = ANNA,
    name = 'Anna Keller',
  ) => {
    const { use } = await call(number, `guess-${calls++}`)
    await use('lookup_customer', { name, phone_number: claimed })
    let last: string | undefined
    for (const pin of pins) last = (await use('verify_identity', { pin })).status
    return last
  }
  const WRONG = ['1111', '2222', '3333']
  const other = (n: number) => `+1415555${String(1000 + n)}` as typeof ANNA

  it('does not lock the customer out on their own telephone, nor from one that nobody has guessed from', async () => {
    for (let n = 0; n < 3; n++) expect(await guess(STRANGER, WRONG)).toBe('not_verified')
    expect(await guess(STRANGER, ['2468'])).toBe('not_verified')
    expect(await guess(other(1), ['2468'])).toBe('verified')
    const { use } = await call(ANNA)
    expect(await use('verify_identity', { pin: '2468' })).toMatchObject({ status: 'verified' })
  })

  it('with a withheld number does not use up the tries of everybody whose number is withheld', async () => {
    for (let n = 0; n < 3; n++) await guess(undefined, WRONG)
    expect(await guess(undefined, ['2468'])).toBe('not_verified')
    expect(await guess(STRANGER, ['2468'])).toBe('verified')
    expect(await guess(undefined, ['2468'], MARCUS, 'Marcus Webb')).toBe('not_verified')
    const { use } = await call(undefined, 'others')
    await use('lookup_customer', { name: 'Anna Keller', phone_number: ANNA })
    // Marcus has no PIN: that it was compared at all is seen in the count.
    const failed = await runQuery(customerDatabase(store).select().from(failedProofs))
    expect(failed.filter(({ customerId }) => customerId === 'demo-marcus-webb')).toHaveLength(1)
  })

  it('has few tries over many calls, from however many numbers, and the owner still has theirs', async () => {
    for (let n = 0; n < 8; n++) await guess(other(n), WRONG)
    expect(await runQuery(customerDatabase(store).select().from(failedProofs))).toHaveLength(12)
    expect(await guess(other(99), ['2468'])).toBe('not_verified')
    const { use } = await call(ANNA)
    expect(await use('verify_identity', { pin: '2468' })).toMatchObject({ status: 'verified' })
  })

  it('never locks the owner out on their own telephone, whatever strangers try, and never gets more than twelve tries', async () => {
    let owners = 0
    const callers = fc.constantFrom(undefined, STRANGER, MARCUS, NAIRS, other(1), other(2), other(3), other(4))
    const tries = fc.array(fc.oneof(callers, fc.constant('owner' as const)), { maxLength: 40 })
    await fc.assert(
      fc.asyncProperty(tries, async (who) => {
        const customerId = `owner-${owners}`
        const own = other(500 + owners++)
        const person = { id: customerId, firstName: 'Kim', lastName: 'Lee', postcode: '94110', createdAt: new Date() }
        await runQuery(customerDatabase(store).insert(people).values(person))
        await runQuery(customerDatabase(store).insert(customerPhones).values({ customerId, phone: own }))
        const prove = (caller: typeof ANNA | undefined, postcode: string) =>
          customers.prove({ customerId, callId: 'x', caller, proof: { postcode } })
        for (const one of who) await prove(one === 'owner' ? own : one, '00000')
        const wrong = await runQuery(
          customerDatabase(store).select().from(failedProofs).where(eq(failedProofs.customerId, customerId)),
        )
        expect(wrong.filter(({ caller }) => caller !== own).length).toBeLessThanOrEqual(12)
        expect(await prove(own, '94110')).toBe(who.filter((one) => one === 'owner').length < 9)
      }),
      { numRuns: 25 },
    )
  })

  it('is not locked out for longer by tries that were not even compared', async () => {
    for (let n = 0; n < 6; n++) await guess(STRANGER, WRONG)
    expect(await runQuery(customerDatabase(store).select().from(failedProofs))).toHaveLength(6)
  })

  it('cannot try the same PIN on every customer', async () => {
    const many = Array.from({ length: 30 }, (_, n) => ({ id: `many-${n}`, phone: other(200 + n) }))
    for (const { id: customerId, phone } of many) {
      const who = { id: customerId, firstName: 'Kim', lastName: 'Lee', createdAt: new Date() }
      await runQuery(customerDatabase(store).insert(people).values(who))
      await runQuery(customerDatabase(store).insert(customerPhones).values({ customerId, phone }))
    }
    const tries = many.map(({ id: customerId }) => ({
      customerId,
      caller: STRANGER,
      callId: 'x',
      proof: { pin: '1234' },
    }))
    for (const claim of tries) await customers.prove(claim)
    expect(await runQuery(customerDatabase(store).select().from(failedProofs))).toHaveLength(24)
  })

  it('loses nothing on their own record by what was tried from their telephone on others', async () => {
    for (let n = 0; n < 9; n++)
      await customers.prove({ customerId: id, caller: MARCUS, callId: 'x', proof: { pin: '1111' } })
    const { use } = await call(MARCUS)
    expect(await use('verify_identity', { postcode: '94117' })).toMatchObject({ status: 'verified' })
  })
})

describe('where appointments need proof too', () => {
  const strict = (number: typeof ANNA) => answer(build({ customers, verifyBefore: 'appointments' }), callFrom(number))

  it('they are not told, made, moved or cancelled before it', async () => {
    const { use, instructions } = await strict(ANNA)
    expect(instructions).toContain('appointments and contact data need verify_identity first')
    // The rule that exact values are said back would have a PIN read out to the room.
    expect(instructions).toContain('a proof is not said back')
    await use('find_open_slots', { service: 'check-up' })
    for (const [name, input] of [
      ['get_appointments', { customer_id: id }],
      ['book_appointment', { slot_id: 'slot-1', customer_id: id }],
      ['book_appointment', { slot_id: 'slot-1' }],
      ['book_appointment', { slot_id: 'slot-1', new_customer_name: 'Keller, Anna' }],
    ] as const)
      await expect(use(name, input)).rejects.toThrow(/verify_identity/)
    await use('verify_identity', { pin: '2468' })
    expect((await use('book_appointment', { slot_id: 'slot-1' })).status).toBe('booked')
    expect((await use('get_appointments', { customer_id: id })).appointments).toHaveLength(2)
  })
})

describe('a person', () => {
  it('is rung with who is calling, how sure that is, and why', async () => {
    const { use, asked } = await call(ANNA)
    const wish = { reason: 'Complaint', summary: 'The bill of\nMay is <wrong>.' }
    expect(await use('escalate_to_human', wish)).toMatchObject({ status: 'ringing' })
    await use('verify_identity', { pin: '2468' })
    await use('escalate_to_human', wish)
    expect(asked).toMatchObject([
      {
        route: 'frontDesk',
        number: '+14155550111',
        introduction: 'Anna Keller, identity not verified. Complaint. The bill of May is wrong .',
      },
      { introduction: expect.stringMatching(/^Anna Keller, identity verified\./) },
    ])
    const shared = await call(NAIRS)
    await shared.use('escalate_to_human', wish)
    expect(shared.asked).toMatchObject([{ introduction: expect.stringMatching(/^A caller\. Complaint/) }])
  })

  it('who is not there is not rung', async () => {
    const label = 'the front desk'
    const routes = {
      box: { voicemail: true as const, label: 'the mailbox' },
      desk: { number: STRANGER, label, hours: { fri: '09:00-17:00' } },
    }
    const { use, asked } = await answer(build({ customers, routes }), callFrom(ANNA))
    expect(await use('escalate_to_human', { reason: 'x', summary: 'y' })).toEqual({
      status: 'closed',
      opens: 'tomorrow at 9 AM',
      time_zone: 'Eastern Time',
      say: 'Say that nobody is there now, that the front desk opens tomorrow at 9 AM, and offer to take a message.',
    })
    expect(asked).toEqual([])
  })

  it('is not offered where there is none', () => {
    const mode = build({ routes: { box: { voicemail: true, label: 'the mailbox' } } })
    expect(mode.tools.map(({ name }) => name)).not.toContain('escalate_to_human')
  })
})

describe('a telephone that a family shares', () => {
  it.each(['Priya', 'NAIR, Priya', 'Ms. Priya Nair', 'P. Nair'])(
    'opens the record of %s when she says so',
    async (name) => {
      const { use, greeting } = await call(NAIRS)
      expect(greeting).toMatch(/^Hello, thank you/)
      expect(await use('lookup_customer', {})).toMatchObject({ status: 'several' })
      expect(await use('lookup_customer', { name: 'Mrs. Nair' })).toMatchObject({ status: 'several' })
      expect(await use('lookup_customer', { name })).toMatchObject({ status: 'open', customer_id: 'demo-priya-nair' })
      expect(await use('verify_identity', { date_of_birth: '1990-11-02' })).toMatchObject({ status: 'verified' })
    },
  )

  it('opens nothing for somebody who has only named it, until they prove who they are', async () => {
    await runQuery(
      customerDatabase(store)
        .insert(customerPhones)
        .values({ customerId: 'demo-rohan-nair', phone: ANNA, claim: phoneClaim.contact }),
    )
    const { use, greeting } = await call(ANNA)
    expect(greeting).toContain('Hello Anna')
    const rohan = { customer_id: 'demo-rohan-nair' }
    expect(await use('lookup_customer', { name: 'Rohan Nair' })).toMatchObject({ status: 'not_open' })
    await expect(use('get_appointments', rohan)).rejects.toThrow(/not open/)
    expect(await use('verify_identity', { date_of_birth: '1988-02-29' })).toMatchObject({ status: 'more_needed' })
    await runQuery(
      customerDatabase(store).update(people).set({ postcode: '94103' }).where(eq(people.id, 'demo-rohan-nair')),
    )
    expect(await use('verify_identity', { date_of_birth: '1988-02-29', postcode: '94103' })).toMatchObject({
      status: 'verified',
      ...rohan,
    })
    // She is still the one who is recognised.
    expect((await call(ANNA)).greeting).toContain('Hello Anna')
    await use('lookup_customer', { name: 'Anna' })
    expect(await use('verify_identity', { pin: '2468', customer_id: id })).toMatchObject({ customer_id: id })
  })
})

it('an identity that cannot be checked is not proven', async () => {
  const broken = fakeCustomers({
    findByNumber: async () => [{ id, firstName: 'Anna', lastName: 'Keller' }],
    prove: async () => {
      throw new Error('SQLITE_BUSY')
    },
  })
  const { use } = await answer(build({ customers: broken }), callFrom(ANNA))
  await expect(use('verify_identity', { pin: '2468' })).rejects.toThrow(/^The identity cannot be checked/)
  await expect(use('update_customer', { customer_id: id, email: 'x@example.org' })).rejects.toThrow(/verify_identity/)
})

describe('the number of somebody else', () => {
  const verified = async () => {
    const { use } = await call(ANNA)
    await use('verify_identity', { pin: '2468' })
    return (change: object) => use('update_customer', { customer_id: id, ...change })
  }

  it('is not added to the record of a caller, and nothing else of that wish is changed', async () => {
    const update = await verified()
    await expect(update({ phone_number: MARCUS, email: 'new@example.org' })).rejects.toThrow(/cannot be added/)
    expect(await customers.contact(id)).toEqual(contact)
    expect(await customers.findByNumber(MARCUS)).toMatchObject([{ id: 'demo-marcus-webb' }])
    // Who has that number is still known by it.
    expect((await call(MARCUS)).greeting).toContain('Hello Marcus')
  })

  it('cannot be found by trying: the third one is refused whoever has it, and a free one is not', async () => {
    const update = await verified()
    expect(await update({ phone_number: '+14155550143' })).toMatchObject({ status: 'changed' })
    const tried = await Promise.allSettled(
      [MARCUS, NAIRS, '+14155550144'].map((phone_number) => update({ phone_number })),
    )
    const told = tried.map((one) => (one.status === 'rejected' ? String(one.reason) : 'added'))
    expect(new Set(told).size).toBe(1)
    expect((await customers.contact(id))?.phones).toEqual(['+14155550143', ANNA])
  })

  it('is not theirs for good because they named it: whoever proves who they are from it has it', async () => {
    const phone = '+14155550145' as typeof ANNA
    const marcus = await call(MARCUS)
    await marcus.use('verify_identity', { postcode: '94117' })
    const named = { customer_id: 'demo-marcus-webb', phone_number: phone }
    expect(await marcus.use('update_customer', named)).toMatchObject({ status: 'changed' })
    expect((await call(phone)).greeting).toContain('Hello Marcus')

    // It is Anna's new telephone.
    const { use } = await call(phone)
    await use('lookup_customer', { name: 'Anna Keller', phone_number: ANNA })
    expect(await use('verify_identity', { pin: '2468' })).toMatchObject({ status: 'verified', customer_id: id })
    expect(await use('update_customer', { customer_id: id, phone_number: phone })).toMatchObject({ status: 'changed' })
    expect((await call(phone)).greeting).toContain('Hello Anna')
    // And it stays hers, whatever he does.
    await expect(marcus.use('update_customer', named)).rejects.toThrow(/cannot be added/)
    const spoofed = await call(phone)
    await spoofed.use('lookup_customer', { name: 'Marcus Webb' })
    await spoofed.use('verify_identity', { date_of_birth: '1970-01-01', postcode: '94117' })
    await marcus.use('update_customer', named).catch(() => {})
    expect((await call(phone)).greeting).toContain('Hello Anna')
    expect((await customers.contact('demo-marcus-webb'))?.phones).toContain(phone)
  })

  it('stays theirs when two add the same one at the same moment', async () => {
    const [anna, marcus] = await Promise.all([verified(), call(MARCUS)])
    await marcus.use('verify_identity', { postcode: '94117' })
    const wish = { phone_number: '+14155550145' }
    await Promise.allSettled([anna(wish), marcus.use('update_customer', { customer_id: 'demo-marcus-webb', ...wish })])
    expect(await customers.findByNumber('+14155550145' as typeof ANNA)).toHaveLength(1)
  })

  it('is not taken over by somebody new who rings from it', async () => {
    const { use } = await call(ANNA)
    await use('find_open_slots', { service: 'check-up' })
    const booked = await use('book_appointment', { slot_id: 'slot-1', new_customer_name: 'Sam Park' })
    expect(booked.status).toBe('booked')
    expect(await customers.findByNumber(ANNA)).toMatchObject([{ id }])
    expect(await customers.contact(booked.customer_id)).toMatchObject({ phones: [] })
  })

  it('is not what a change that could not be stored was about', async () => {
    let fails = 3
    const shaky = {
      ...customers,
      updateContact: async (...change: Parameters<typeof customers.updateContact>) => {
        if (fails-- > 0) throw new Error('SQLITE_BUSY')
        return customers.updateContact(...change)
      },
    }
    const { use } = await answer(build({ customers: shaky }), callFrom(ANNA))
    await use('verify_identity', { pin: '2468' })
    const wish = { customer_id: id, phone_number: '+14155550143' }
    for (let n = 0; n < 3; n++) await expect(use('update_customer', wish)).rejects.toThrow(/could not be stored/)
    expect(await use('update_customer', wish)).toMatchObject({ status: 'changed' })
  })

  it('keeps the extension they named, and the number alone opens no record', async () => {
    const update = await verified()
    await update({ phone_number: '415 555 0142, extension 22' })
    expect((await customers.contact(id))?.phones).toContain('+14155550142 ext. 22')
    // A colleague of theirs rings from the same switchboard.
    const colleague = await call(STRANGER)
    expect(await colleague.use('lookup_customer', {})).toMatchObject({ status: 'not_open' })
    for (const phone_number of ['415 555 0142 x22', '415 555 0142']) {
      expect(await colleague.use('lookup_customer', { phone_number, name: 'Anna Keller' })).toMatchObject({
        status: 'not_open',
      })
    }
    // Claimed with its extension, the record opens to a proof.
    await colleague.use('lookup_customer', { phone_number: '415 555 0142 x22', name: 'Anna Keller' })
    expect(await colleague.use('verify_identity', { date_of_birth: '1984-05-17', postcode: '94110' })).toMatchObject({
      status: 'verified',
      on_file: { phones: expect.arrayContaining(['+14155550142 ext. 22']) },
    })
  })

  it('may stand in their own record already', async () => {
    const update = await verified()
    expect(await update({ phone_number: ANNA })).toMatchObject({ status: 'changed' })
    const { use } = await call(NAIRS)
    await use('lookup_customer', { name: 'Priya Nair' })
    expect(await customers.findByNumber(NAIRS)).toHaveLength(2)
  })
})
