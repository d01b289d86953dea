import { closingTime, defineTool, nextOpening, nowOf, type Business, type Tool } from '@llc-phone/core'
import * as z from 'zod'

/** Tells whether somebody is there now, and until or from when. */
export const openingHours = (business: Business, { tellsOpening }: { readonly tellsOpening: boolean }): Tool =>
  defineTool({
    name: 'opening_hours',
    description: 'Tells whether the office is open now, and until or from when.',
    opening: true,
    input: z.strictObject({}),
    run(_, context) {
      if (!business.hours) return { status: 'unknown' }
      const now = nowOf(context)
      const until = closingTime(business, now)
      if (until !== undefined) return { status: 'open', until }
      if (!tellsOpening) return { status: 'closed' }
      return { status: 'closed', opens: nextOpening(business, now) ?? 'not known' }
    },
  })
