const PREFIX = 'phrase-'

/** The id of the item that a phrase of ours is in the story of a call. */
export const phraseId = (count: number): string => `${PREFIX}${count}`

/** Whether an item of the conversation is a phrase of ours: the model has never spoken it. */
export const isPhrase = (itemId: string): boolean => itemId.startsWith(PREFIX)
