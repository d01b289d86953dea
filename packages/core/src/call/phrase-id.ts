const PHRASE = 'phrase-'
const GREETING = 'recorded-greeting-'

/** The item id of a phrase in the story of a call. */
export const phraseId = (count: number): string => `${PHRASE}${count}`

/** The item id of a recorded greeting in the story of a call. */
export const greetingId = (count: number): string => `${GREETING}${count}`

/** Whether an item is a phrase. */
export const isPhrase = (itemId: string): boolean => itemId.startsWith(PHRASE)

/** Whether an item is a recorded greeting. */
export const isRecordedGreeting = (itemId: string): boolean => itemId.startsWith(GREETING)

/** Whether an item is audio of our own, which the model has never spoken. */
export const isOurs = (itemId: string): boolean => isPhrase(itemId) || isRecordedGreeting(itemId)
