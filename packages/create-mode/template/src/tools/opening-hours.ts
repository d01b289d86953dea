import { closingTime, defineTool, nextOpening, type Business, type Tool } from '@llc-phone/core'
import * as z from 'zod'

/** Tells whether somebody is there now, and until or from when. */
export const openingHours = ({ hours, timeZone }: Business): Tool =>
  defineTool({
    name: 'opening_hours',
    description: 'Tells whether the office is open now, and until or from when.',
    opening: true,
    input: z.strictObject({}),
    run() {
      if (!hours) return { status: 'unknown' }
      const now = new Date()
      const until = closingTime(hours, timeZone, now)
      if (until !== undefined) return { status: 'open', until }
      return { status: 'closed', opens: nextOpening(hours, timeZone, now) ?? 'not known' }
    },
  })
