/** Codes and field names of a server are passed on in this form only. Its messages never are: they may quote a caller. */
const CODE = /^(?:[a-z][\w.:-]{0,63}|\d{1,5})$/i
const FIELD = /^[a-z][\w.:[\]-]{0,127}$/i
const MAX_ID_CHARS = 256
/** Longest transcript: ten minutes of speech. */
const MAX_TEXT_CHARS = 16_384

/** A valid error code, type or reason; `other` for anything else, `undefined` when there is none. */
export const saneCode = (code: unknown): string | undefined => {
  if (code === undefined || code === null || code === '') return undefined
  const text = typeof code === 'number' ? String(code) : code
  return typeof text === 'string' && CODE.test(text) ? text : 'other'
}

/** A valid name of a refused field; `other` for anything else, `undefined` when there is none. */
export const saneField = (field: unknown): string | undefined => {
  if (field === undefined || field === null || field === '') return undefined
  return typeof field === 'string' && FIELD.test(field) ? field : 'other'
}

/** A valid id. Longer ones are rejected rather than cut, because a cut id could not be sent back. */
export const saneId = (id: unknown): string | undefined =>
  typeof id === 'string' && id.length > 0 && id.length <= MAX_ID_CHARS ? id : undefined

/** A transcript, cut to the longest that is kept. */
export const saneText = (text: string): string => text.slice(0, MAX_TEXT_CHARS)
