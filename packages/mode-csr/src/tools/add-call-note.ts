import { attempt, defineTool, type Tool } from '@llc-phone/core'
import * as z from 'zod'
import type { CustomerStore } from '../db/customers.ts'
import { assertGranted, type CsrContext, type CsrKnown } from '../known.ts'

/** Notes something on a record that is open on this call; the assistant does not speak of it. */
export const addCallNote = (customers: CustomerStore): Tool<CsrKnown> =>
  defineTool({
    name: 'add_call_note',
    writes: true,
    description: 'Notes on the record, for colleagues, what the caller wanted or was told. Do not mention it.',
    result: 'silent',
    input: z.strictObject({
      customer_id: z.string().min(1).max(64),
      note: z.string().trim().min(1).max(500),
    }),
    async run({ customer_id, note }, { facts, known, signal }: CsrContext) {
      const { id } = assertGranted(known, customer_id)
      await attempt('The note could not be stored.', signal, () =>
        customers.addNote({ customerId: id, callId: facts.callId, text: note }),
      )
      return { status: 'stored' }
    },
  })
