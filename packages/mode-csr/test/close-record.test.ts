import { openStore } from '@llc-phone/database'
import { memoryMessages } from '@llc-phone/core/testing'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CustomerStore } from '../src/index.ts'
import type { CsrKnown } from '../src/known.ts'
import { ANNA, answer, build, callFrom, NAIRS, openDemo, STRANGER } from './fixtures.ts'

let store: DrizzleStore
let customers: CustomerStore

beforeAll(async () => {
  ;({ store, customers } = await openDemo(openStore({ url: 'file::memory:' })))
})
afterAll(() => store.close())

const notOpen = { name: 'ToolError', message: expect.stringMatching(/not open on this call|no such appointment/) }
const customer_id = 'demo-anna-keller'
/** As the demo data have it. */
const POSTCODE = '94110'
const BIRTH = '1984-05-17'

type Call = Awaited<ReturnType<typeof answer>>

describe('a caller who is somebody else than the record of their telephone', () => {
  let call: Call
  beforeEach(async () => {
    call = await answer(build({ customers }), callFrom(ANNA))
    // Read before it was known who is speaking.
    await call.use('get_appointments', { customer_id })
    expect(await call.use('close_record', {})).toMatchObject({ status: 'closed' })
  })

  it.each([
    ['get_appointments', { customer_id }],
    ['add_call_note', { customer_id, note: 'x' }],
    ['update_customer', { customer_id, email: 'tom@example.org' }],
    ['find_open_slots', { service: 'dental cleaning', appointment_id: 'appointment-1' }],
    ['cancel_appointment', { appointment_id: 'appointment-1' }],
    ['reschedule_appointment', { appointment_id: 'appointment-1', slot_id: 'slot-1' }],
  ])('can read or write nothing of it by %s', async (tool, input) => {
    await expect(call.use(tool, input)).rejects.toMatchObject(notOpen)
  })

  it('can book nothing for it', async () => {
    const { slots } = await call.use('find_open_slots', { service: 'dental cleaning' })
    const { slot_id } = slots[0]!
    await expect(call.use('book_appointment', { slot_id, customer_id })).rejects.toMatchObject(notOpen)
    await expect(call.use('book_appointment', { slot_id })).rejects.toThrow(/Ask for first and last name/)
    await expect(call.use('book_appointment', { slot_id, new_customer_name: 'Anna Keller' })).rejects.toThrow(
      /There is a record for that name/,
    )
  })

  it.each([[{}], [{ name: 'Anna Keller' }], [{ name: 'Anna' }], [{ phone_number: ANNA, name: 'Anna Keller' }]])(
    'does not have it opened again by the telephone and %j',
    async (input) => {
      const again = await call.use('lookup_customer', input)
      const stranger = await answer(build({ customers }), callFrom(STRANGER))
      expect(again).toEqual(await stranger.use('lookup_customer', { phone_number: ANNA, name: 'No Body' }))
      expect((call.known as CsrKnown).granted.size).toBe(0)
    },
  )

  it('cannot prove with one secret what the telephone no longer says', async () => {
    await expect(call.use('verify_identity', { customer_id, postcode: POSTCODE })).rejects.toThrow(/lookup_customer/)
    await call.use('lookup_customer', { name: 'Anna Keller' })
    expect(await call.use('verify_identity', { postcode: POSTCODE })).toMatchObject({ status: 'more_needed' })
  })

  it('hands over to whose record it is, who proves it as from any telephone', async () => {
    await call.use('lookup_customer', { name: 'Anna Keller' })
    const proof = { postcode: POSTCODE, date_of_birth: BIRTH }
    expect(await call.use('verify_identity', proof)).toMatchObject({ status: 'verified', customer_id })
    expect(await call.use('get_appointments', { customer_id })).toMatchObject({ appointments: [{}] })
    expect(await call.use('lookup_customer', { name: 'Anna Keller' })).toMatchObject({ status: 'open' })
  })

  it('is introduced to a person as a caller, without the name', async () => {
    await call.use('escalate_to_human', { reason: 'a bill', summary: 'Wants to know who pays.' })
    expect(call.asked).toMatchObject([{ introduction: 'A caller. a bill. Wants to know who pays.' }])
  })

  it('is booked as a customer of their own', async () => {
    const { slots } = await call.use('find_open_slots', { service: 'check-up' })
    const made = await call.use('book_appointment', { slot_id: slots[0]!.slot_id, new_customer_name: 'Tom Berg' })
    expect(made).toMatchObject({ status: 'booked' })
    expect(made.customer_id).not.toBe(customer_id)
    await expect(call.use('get_appointments', { customer_id })).rejects.toMatchObject(notOpen)
    const booked = await call.use('get_appointments', { customer_id: made.customer_id })
    expect(booked.appointments).toHaveLength(1)
  })
})

it('one who was taken for another of the same telephone has their own record opened by name', async () => {
  const { use } = await answer(build({ customers }), callFrom(NAIRS))
  await use('lookup_customer', { name: 'Priya Nair' })
  await use('close_record', {})
  expect(await use('lookup_customer', { name: 'Priya Nair' })).toMatchObject({ status: 'not_open' })
  expect(await use('lookup_customer', { name: 'Nair' })).toMatchObject({ status: 'several' })
  expect(await use('lookup_customer', { name: 'Rohan Nair' })).toMatchObject({ customer_id: 'demo-rohan-nair' })
})

it('what was being read when the record was closed is not told any more', async () => {
  const { use } = await answer(build({ customers }), callFrom(ANNA))
  const reading = use('get_appointments', { customer_id })
  await use('close_record', {})
  await expect(reading).rejects.toMatchObject(notOpen)
})

it('a proof that was being checked when the record was closed does not open it again', async () => {
  const { use, known } = await answer(build({ customers }), callFrom(ANNA))
  const proving = use('verify_identity', { customer_id, postcode: POSTCODE })
  await use('close_record', {})
  await expect(proving).rejects.toThrow(/closed meanwhile/)
  expect((known as CsrKnown).granted.size).toBe(0)
  await expect(use('get_appointments', { customer_id })).rejects.toMatchObject(notOpen)
})

it('a record that was being looked up when it was closed is not opened', async () => {
  let isDown = true
  const findByNumber: CustomerStore['findByNumber'] = async (...asked) => {
    if (isDown) throw new Error('down')
    return customers.findByNumber(...asked)
  }
  const { use, known } = await answer(build({ customers: { ...customers, findByNumber } }), callFrom(ANNA))
  isDown = false
  const looking = use('lookup_customer', {})
  await use('close_record', {})
  expect(await looking).toMatchObject({ status: 'not_open' })
  expect((known as CsrKnown).granted.size).toBe(0)
})

it('an appointment of a closed record does not lend its id to one of the next record', async () => {
  const { use } = await answer(build({ customers }), callFrom(NAIRS))
  await use('lookup_customer', { name: 'Priya Nair' })
  const { appointments } = await use('get_appointments', { customer_id: 'demo-priya-nair' })
  await use('close_record', {})
  await use('lookup_customer', { name: 'Rohan Nair' })
  const { slots } = await use('find_open_slots', { service: 'check-up' })
  const made = await use('book_appointment', { slot_id: slots[0]!.slot_id, customer_id: 'demo-rohan-nair' })
  expect(made.appointment_id).not.toBe(appointments[0]!.appointment_id)
  await expect(use('cancel_appointment', { appointment_id: appointments[0]!.appointment_id })).rejects.toMatchObject({
    name: 'ToolError',
  })
})

describe('a note that belongs to no record', () => {
  const noting = async (caller?: typeof ANNA, close = false) => {
    const messages = memoryMessages()
    const notes: object[] = []
    const mode = build({
      customers: { ...customers, addNote: async (note) => void notes.push(note) },
      messages,
    })
    const { use } = await answer(mode, callFrom(caller))
    if (close) await use('close_record', {})
    expect(await use('add_call_note', { note: 'Wants a price list.' })).toEqual({ status: 'stored' })
    return { messages: messages.taken, notes }
  }

  it.each([
    ['a stranger', STRANGER, false, STRANGER],
    ['somebody whose number is withheld', undefined, false, null],
    ['somebody else on a known telephone', ANNA, true, ANNA],
  ])('of %s is left where messages are read', async (_, caller, close, callerNumber) => {
    expect(await noting(caller, close)).toEqual({
      messages: [
        {
          callId: 'call-1',
          callerName: 'A caller without a record',
          callerNumber,
          text: 'Wants a price list.',
          kind: 'note',
          urgency: 'normal',
        },
      ],
      notes: [],
    })
  })

  it('is not a reason to ask for a name: the model is told how to keep it', async () => {
    const { use } = await answer(build({ customers }), callFrom(ANNA))
    await use('close_record', {})
    await expect(use('add_call_note', { customer_id, note: 'x' })).rejects.toThrow(
      /without customer_id, and ask nothing/,
    )
  })

  it('is put on the one record that is open', async () => {
    expect(await noting(ANNA)).toEqual({
      messages: [],
      notes: [{ customerId: customer_id, callId: 'call-1', text: 'Wants a price list.' }],
    })
  })
})
