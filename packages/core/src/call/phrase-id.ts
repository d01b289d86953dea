const PREFIX = 'phrase-'

/** The item id of a phrase in the story of a call. */
export const phraseId = (count: number): string => `${PREFIX}${count}`

/** Whether an item is a phrase, which the model has never spoken. */
export const isPhrase = (itemId: string): boolean => itemId.startsWith(PREFIX)
