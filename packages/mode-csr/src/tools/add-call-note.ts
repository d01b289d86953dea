import { attempt, defineTool, ToolError, type MessageBook, type Tool } from '@llc-phone/core'
import * as z from 'zod'
import type { CustomerStore } from '../db/customers.ts'
import type { CsrContext, CsrKnown } from '../known.ts'

/** Name on a note of a caller without a record. */
const NO_RECORD = 'A caller without a record'

const NOT_OPEN =
  'That record is not open on this call. Call add_call_note again without customer_id, and ask nothing for it.'

/**
 * Takes a note for colleagues; the assistant does not mention it. Without an open record it is stored as a message, where
 * colleagues will read it.
 */
export const addCallNote = (customers: CustomerStore, messages: Pick<MessageBook, 'take'>): Tool<CsrKnown> =>
  defineTool({
    name: 'add_call_note',
    effect: 'note',
    wouldHave: () => 'A note would be added to the record of the customer.',
    description: 'Notes for colleagues what the caller wanted or was told. Do not mention it.',
    result: 'silent',
    input: z.strictObject({
      customer_id: z.string().min(1).max(64).optional().describe('The open record; leave it out when none is open.'),
      note: z.string().trim().min(1).max(500),
    }),
    async run({ customer_id, note }, { facts, known, signal }: CsrContext) {
      const { callId, otherParty: caller } = facts
      const [only, second] = known.granted.keys()
      const id = customer_id ?? (second === undefined ? only : undefined)
      // Do not ask for a name: the caller does not hear of the note.
      if (id !== undefined && !known.granted.has(id)) throw new ToolError(NOT_OPEN)
      await attempt('The note could not be stored.', signal, async () => {
        if (id !== undefined) return customers.addNote({ customerId: id, callId, text: note })
        await messages.take({
          callId,
          callerName: NO_RECORD,
          callerNumber: caller.number ?? null,
          text: note,
          urgency: 'normal',
          kind: 'note',
        })
      })
      return { status: 'stored' }
    },
  })
