import { defineTool, type Tool } from '@llc-phone/core'
import * as z from 'zod'
import { closeRecords, type CsrContext, type CsrKnown } from '../known.ts'

/** Closes what the telephone has opened, because somebody else is using it: the rule is kept in code, not by the model. */
export const closeRecord = (): Tool<CsrKnown> =>
  defineTool({
    name: 'close_record',
    description:
      'Closes the open record for the rest of this call, because the caller is somebody else than the person it belongs to, a husband or a mother too. Call it as soon as they say so.',
    opening: true,
    // Whatever else the call has done: nobody hears what is not theirs.
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
