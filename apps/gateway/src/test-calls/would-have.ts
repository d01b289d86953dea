import type { Message, Mode, Tool } from '@llc-phone/core'
import { destinationsFor, shownDestination, type MessageDestination } from '@llc-phone/delivery'
import type { Store } from '@llc-phone/store'

/** Notes what a test call would have done, in a sentence for people; the same twice is once. */
export type NoteDeed = (sentence: string) => void

const MOST_DEEDS = 100

/** What a call has noted, and the means to note more. */
export const createDeeds = (): { readonly list: readonly string[]; readonly note: NoteDeed } => {
  const list: string[] = []
  return {
    list,
    note(sentence) {
      if (list.length < MOST_DEEDS && !list.includes(sentence)) list.push(sentence)
    },
  }
}

const NAMES: Readonly<Record<NonNullable<Message['kind']>, string>> = {
  message: 'A message',
  callback: 'A wish to be called back',
  visit: 'A wish to come by',
  recording: 'A recorded message',
  note: 'A note for colleagues',
}

/** Where a message would go, without its text. */
const messageSentence = (message: Message, destinations: readonly MessageDestination[]): string => {
  const { kind = 'message', recipient, urgency } = message
  const named = `${urgency === 'urgent' ? 'Urgent: ' : ''}${NAMES[kind]}${recipient === undefined ? '' : ` for ${recipient}`}`
  const to = destinationsFor(message, destinations).map(shownDestination)
  return to.length === 0 ? `${named} would wait under Messages.` : `${named} would be sent to ${to.join(' and ')}.`
}

/** A store whose messages are noted and go nowhere. */
export const notingStore = (
  store: Store,
  note: NoteDeed,
  destinations: () => readonly MessageDestination[],
): Store => ({
  ...store,
  messages: {
    ...store.messages,
    async take(message) {
      const taken = await store.messages.take({ ...message, deliverTo: [] })
      note(messageSentence(message, destinations()))
      return taken
    },
  },
})

const hasWritten = ({ writes = false }: Tool, result: unknown): boolean =>
  typeof writes === 'function' ? writes(result) : writes

/** A mode whose tools are noted that store something. */
export const notingMode = (mode: Mode, note: NoteDeed, deeds: readonly string[]): Mode => ({
  ...mode,
  tools: mode.tools.map((tool) => ({
    ...tool,
    async invoke(argumentsJson, context) {
      const before = deeds.length
      const result = await tool.invoke(argumentsJson, context)
      // A message that the tool has taken is noted already.
      if (hasWritten(tool, result) && deeds.length === before)
        note(tool.wouldHave?.(result) ?? `${tool.name} would store something.`)
      return result
    },
  })),
})
