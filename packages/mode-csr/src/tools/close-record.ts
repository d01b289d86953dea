import { defineTool, type Tool } from '@llc-phone/core'
import * as z from 'zod'
import { closeRecords, type CsrContext, type CsrKnown } from '../known.ts'

/**
 * Closes the record that the telephone has opened, because somebody else is using it. The rule is enforced here, not by
 * the model.
 */
export const closeRecord = (): Tool<CsrKnown> =>
  defineTool({
    name: 'close_record',
    description:
      'Closes the open record for the rest of this call, because the caller is somebody else than the person it belongs to, a husband or a mother too. Call it as soon as they say so.',
    opening: true,
    // Runs whatever state the call is in: nobody may hear another customer's data.
    always: true,
    input: z.strictObject({}),
    run(_, { known }: CsrContext) {
      closeRecords(known)
      return {
        status: 'closed',
        say: 'Tell nothing of the record. Say that you can speak of it with that person alone, and offer what you do for anybody: a new booking, a message.',
      }
    },
  })
