import { defineTool, type Tool } from '@llc-phone/core'
import * as z from 'zod'
import { spokenChoices, type Menu } from '../menu.ts'

/** The memory of one call. */
export interface IvrKnown {
  /** How often it was not clear where the caller wants to go. */
  unclear: number
}

/** After this many unclear answers the caller goes to a person, or to voicemail when there is none. */
const MAX_UNCLEAR = 1

/** Counts unclear answers here, not in the model's memory. */
export const reportUnclear = (menu: Menu, transfer: Tool): Tool<IvrKnown> =>
  defineTool<z.ZodObject<{ heard: z.ZodOptional<z.ZodString> }>, IvrKnown>({
    name: 'report_unclear',
    effect: 'leave',
    description:
      'Counts words meant for you that name no destination, each time. Not for noise, nor for a question that you can answer. Say nothing first; the answer tells you what to say.',
    opening: true,
    input: z.strictObject({ heard: z.string().max(200).optional().describe('What you understood, if anything.') }),
    async run({ heard }, context) {
      context.known.unclear += 1
      const { lastResort } = menu
      if (context.known.unclear <= MAX_UNCLEAR || lastResort === undefined)
        return {
          status: 'ask',
          choices: spokenChoices(menu),
          say: 'Name the choices with their keys in one sentence that ends with: or say in a few words what it is about.',
        }
      const reason = `not understood twice: ${heard ?? 'nothing'}`.slice(0, 200)
      return transfer.invoke(JSON.stringify({ destination: lastResort, reason }), context)
    },
  })
