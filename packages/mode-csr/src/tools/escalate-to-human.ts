import {
  defineTool,
  fullName,
  isRouteOpen,
  nextRouteOpening,
  nowOf,
  plainText,
  reachOf,
  ringingAnswer,
  spokenName,
  zoneName,
  type Business,
  type PersonRoute,
  type Tool,
} from '@llc-phone/core'
import * as z from 'zod'
import type { CsrContext, CsrKnown } from '../known.ts'

/** Longest introduction: a sentence or two that a person listens to before accepting. */
const MAX_INTRODUCTION = 300

/** Who is calling, as far as this call knows; a person must not take a claim for proof. */
const callerName = ({ granted }: CsrKnown): string => {
  const [only, second] = granted.values()
  if (!only || second) return 'A caller'
  const { customer, trust } = only
  const name = spokenName(fullName(customer)) || 'A customer'
  return `${name}, ${trust === 'verified' ? 'identity verified' : 'identity not verified'}`
}

/** Rings a person with what the call is about; the caller stays with the assistant until the person accepts. */
export const escalateToHuman = (key: string, route: PersonRoute, business: Business): Tool<CsrKnown> =>
  defineTool({
    name: 'escalate_to_human',
    effect: 'leave',
    description: `Rings ${route.label} with a summary and connects the caller once they accept. For complaints, what concerns the business but you cannot do, or a caller who wants a person. Say nothing first; the answer tells you what to say.`,
    input: z.strictObject({
      reason: z.string().trim().min(1).max(100).describe('Why, in a few words.'),
      summary: z.string().trim().min(1).max(200).describe('What was said and done so far, in one sentence.'),
    }),
    run({ reason, summary }, context: CsrContext) {
      const { known, call } = context
      const { label } = route
      // The desk may have closed since the call began.
      const now = nowOf(context)
      if (!isRouteOpen(route, business, now)) {
        const opens = nextRouteOpening(route, business, now)
        return {
          status: 'closed',
          ...(opens ? { opens, time_zone: zoneName(business.timeZone, now) } : {}),
          say: `Say that nobody is there now${opens ? `, that ${label} opens ${opens},` : ''} and offer to take a message.`,
        }
      }
      const introduction = plainText(`${callerName(known)}. ${reason}. ${summary}`, MAX_INTRODUCTION)
      call.consult({ route: key, ...reachOf(route), label, introduction })
      return ringingAnswer(label)
    },
  })
