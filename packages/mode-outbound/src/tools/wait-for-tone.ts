import { defineTool, type Tool } from '@llc-phone/core'
import * as z from 'zod'

/** A model that hears speech answers it; this is how it says nothing. */
export const waitForTone = (): Tool =>
  defineTool({
    name: 'wait_for_tone',
    description:
      'Says nothing and goes on listening: only for a recorded greeting before its tone. Never while a person is there.',
    result: 'silent',
    input: z.strictObject({}),
    run: () => ({ status: 'listening' }),
  })
