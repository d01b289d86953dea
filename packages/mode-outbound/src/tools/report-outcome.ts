import { defineTool, type Tool } from '@llc-phone/core'
import * as z from 'zod'
import type { OutboundContext, OutboundKnown } from '../known.ts'
import { noteLatest } from '../notes.ts'
import type { NotesPort } from '../ports.ts'

/** Outcomes of any call that does not reach its callee. */
const WRONG = ['wrong_person', 'wrong_number']

/** Scenarios' names for a call that somebody else, or a machine, has answered. */
const NOT_REACHED = 'not_reached'

/** Outcome for scenarios without their own: the right person was reached. */
const REACHED = 'reached'

/** What is said of an outcome: nothing of it belongs on a recording, and nothing of the matter to somebody else. */
const sayOf = (outcome: string): string => {
  if (WRONG.includes(outcome)) return 'Tell no details. Apologise for the trouble, and call hang_up.'
  if (outcome === NOT_REACHED)
    return 'To a recording, not a word of it. To a person, tell no details, apologise for the trouble, and call hang_up.'
  if (outcome === REACHED) return 'Go on with what you called about.'
  return 'Say in one short sentence that it is noted, and ask whether there is anything else.'
}

/** Notes how the call has ended for its purpose, before anybody is told so; the last report counts. */
export const reportOutcome = (notes: NotesPort, outcomes: readonly string[] = [REACHED]): Tool<OutboundKnown> =>
  defineTool({
    name: 'report_outcome',
    effect: 'note',
    writes: (result) => !(result as { readonly repeated?: true }).repeated,
    description: 'Stores for colleagues how this call ended. Call it again when they change their mind.',
    input: z.strictObject({
      outcome: z
        .enum([...new Set([...outcomes, ...WRONG])] as [string, ...string[]])
        .describe(
          `wrong_person: somebody else answered. wrong_number: they are not known there.${
            outcomes.includes(REACHED) ? ' reached: the person has come after all.' : ''
          }`,
        ),
      remark: z.string().trim().max(300).optional().describe('What colleagues need to act on it, such as a wish.'),
    }),
    async run({ outcome, remark }, context: OutboundContext) {
      const isNew = await noteLatest(
        notes,
        'outcome',
        remark ? `${outcome} (${remark})` : outcome,
        'That could not be stored. Say so, and ask them to ring us about it.',
        context,
      )
      return {
        status: 'stored',
        ...(isNew ? {} : { repeated: true }),
        say: sayOf(outcome),
      }
    },
  })
