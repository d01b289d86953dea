import { defineTool, ToolError, type Business, type Tool } from '@llc-phone/core'
import * as z from 'zod'
import { availabilityOf, findEntries, type DirectoryEntry } from '../directory.ts'

/** Says whether somebody takes calls now, and when they next do. */
export const checkAvailability = (business: Business, directory: readonly DirectoryEntry[]): Tool =>
  defineTool({
    name: 'check_availability',
    description: 'Tells whether a person or department takes calls now, and otherwise when.',
    opening: true,
    input: z.strictObject({ person_or_department: z.string().trim().min(1).max(80) }),
    run({ person_or_department: asked }, { facts }) {
      const found = findEntries(directory, asked)
      const [entry, second] = found
      if (!entry)
        throw new ToolError('Nobody of that name is in the directory. Ask whom they mean, or offer to take a message.')
      if (second) return { status: 'several', ask_which: found.slice(0, 4).map(({ name }) => name) }
      return {
        ...availabilityOf(entry, business, facts.startedAt),
        ...(entry.route === undefined ? { reach_by: 'message' } : { reach_by: 'transfer', destination: entry.route }),
      }
    },
  })
