import {
  nowOf,
  zoneName,
  type Business,
  type Consultation,
  type Departure,
  type LastWords,
  type Tool,
  type DirectoryEntry,
} from '@llc-phone/core'
import { availabilityOf, isUnavailable } from '../directory.ts'

/** The transfer that the tool requested. */
type Wish =
  | { readonly leave: Departure; readonly lastWords: LastWords | undefined }
  | { readonly consult: Consultation }

/**
 * Makes a transfer tool obey the directory: it rings nobody who takes no calls, and announces callers to people who want to be
 * asked first, whatever the model decides. Routes of nobody in the directory stay unchanged.
 */
export const guardTransfer = (tool: Tool, business: Business, directory: readonly DirectoryEntry[]): Tool => ({
  ...tool,
  async invoke(argumentsJson, context) {
    const wishes: Wish[] = []
    const answer = await tool.invoke(argumentsJson, {
      ...context,
      call: {
        ...context.call,
        leave: (leave, lastWords) => void wishes.push({ leave, lastWords }),
        consult: (consult) => void wishes.push({ consult }),
      },
    })
    const [asked] = wishes
    if (!asked) return answer
    const route = 'consult' in asked ? asked.consult.route : 'route' in asked.leave ? asked.leave.route : undefined
    const now = nowOf(context)
    const people = directory.filter((entry) => entry.route === route)
    const states = people.map((entry) => availabilityOf(entry, business, now))
    if (people.length > 0 && states.every(isUnavailable)) {
      const next = states.flatMap((state) => (state.available === 'later' ? [state.next] : []))[0]
      return {
        status: 'unavailable',
        ...(next === undefined ? {} : { next, time_zone: zoneName(business.timeZone, now) }),
        say: 'Say that they do not take calls now, and offer to take a message.',
      }
    }
    if ('consult' in asked) context.call.consult(asked.consult)
    else if (people.length > 0 && people.every(({ transfer }) => transfer === 'warm'))
      return { status: 'announce_first', say: 'Ask who is calling and why, then call warm_transfer.' }
    else context.call.leave(asked.leave, asked.lastWords)
    return answer
  },
})
