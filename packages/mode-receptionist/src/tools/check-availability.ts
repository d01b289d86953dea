import { defineTool, nowOf, ToolError, zoneName, type Business, type Tool, type DirectoryEntry } from '@llc-phone/core'
import * as z from 'zod'
import { availabilityOf, findEntries, isUnavailable, NOT_KNOWN } from '../directory.ts'

/** How somebody who takes calls is reached. */
const reachBy = ({ route, transfer }: DirectoryEntry) => {
  if (route === undefined) return { reach_by: 'message' }
  return { reach_by: transfer === 'warm' ? 'warm_transfer' : 'transfer_call', destination: route }
}

/** Says whether somebody takes calls now, and when they next do. */
export const checkAvailability = (
  business: Business,
  directory: readonly DirectoryEntry[],
  { transfers }: { readonly transfers: boolean },
): Tool =>
  defineTool({
    name: 'check_availability',
    description: 'Tells whether a person or department takes calls now, or when.',
    opening: true,
    input: z.strictObject({ person_or_department: z.string().trim().min(1).max(80) }),
    run({ person_or_department: asked }, context) {
      const { entries, isSure } = findEntries(directory, asked)
      const [entry, second] = entries
      if (!entry)
        throw new ToolError(
          `Nobody of that name is in the directory. ${transfers ? 'If it is a destination of transfer_call, call that. Otherwise ask' : 'Ask'} whom they mean, or offer to take a message.`,
        )
      if (second) return { status: 'several', ask_which: entries.slice(0, 4).map(({ name }) => name) }
      if (!isSure)
        return {
          status: 'unsure',
          perhaps: entry.name,
          say: 'Nobody of just that name is in the directory. Ask whether they mean this one; if so, call this again with that name.',
        }
      // Use the current time, not the beginning of the call: the business may have opened since.
      const now = nowOf(context)
      const availability = availabilityOf(entry, business, now)
      const namesTime =
        'next' in availability ? availability.next !== NOT_KNOWN : 'until' in availability && availability.until
      return {
        name: entry.name,
        ...availability,
        ...(namesTime ? { time_zone: zoneName(business.timeZone, now) } : {}),
        ...(isUnavailable(availability) ? { reach_by: 'message' } : reachBy(entry)),
      }
    },
  })
