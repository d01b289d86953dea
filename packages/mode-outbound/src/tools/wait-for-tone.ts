import { defineTool, type Tool } from '@llc-phone/core'
import * as z from 'zod'

/**
 * A model that hears speech answers it; this is how it says nothing: to a recorded greeting before its tone, and to call
 * screening, where the person whose telephone asks for us listens, and comes or does not. `screened` is all that the
 * recorded voice is told then.
 */
export const waitForTone = (screened: string): Tool =>
  defineTool({
    name: 'wait_for_tone',
    description: `Says nothing and goes on listening: only for a recording, never while a person is there. Before a tone, call it with for "tone". When a recorded voice asks who is calling or why, first say only "${screened}", then call it with for "person", and again whenever the recording talks on. When the person comes, do not begin again: ask whether it is a good moment, and go on. If nobody is available, say goodbye and call hang_up; asked for a message, do as with a recorded greeting.`,
    result: 'silent',
    awaitsPerson: (result) => (result as { readonly status?: string }).status === 'waiting_for_person',
    input: z.strictObject({ for: z.enum(['tone', 'person']).default('tone') }),
    run: (input) => ({ status: input.for === 'person' ? 'waiting_for_person' : 'listening' }),
  })
