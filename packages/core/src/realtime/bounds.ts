/** What a server's words may look like when they are passed on: its messages never are, they may quote anybody. */
const CODE = /^(?:[a-z][\w.:-]{0,63}|\d{1,5})$/i
const FIELD = /^[a-z][\w.:[\]-]{0,127}$/i
const MAX_ID_CHARS = 256
/** Ten minutes of speech; what is longer is no transcript. */
const MAX_TEXT_CHARS = 16_384

/** An error code, type or reason; `other` when it has no sane shape, `undefined` when there is none. */
export const saneCode = (code: unknown): string | undefined => {
  if (code === undefined || code === null || code === '') return undefined
  const text = typeof code === 'number' ? String(code) : code
  return typeof text === 'string' && CODE.test(text) ? text : 'other'
}

/** The name of a field that was refused. */
export const saneField = (field: unknown): string | undefined => {
  if (field === undefined || field === null || field === '') return undefined
  return typeof field === 'string' && FIELD.test(field) ? field : 'other'
}

/** An id that can be sent back; one that was cut could not. */
export const saneId = (id: unknown): string | undefined =>
  typeof id === 'string' && id.length > 0 && id.length <= MAX_ID_CHARS ? id : undefined

/** Words of a transcript, as many as a turn can have. */
export const saneText = (text: string): string => text.slice(0, MAX_TEXT_CHARS)

/** Remembers the newest `limit` of what was added. */
export interface Recent<Value> {
  add(value: Value): void
  delete(value: Value): void
  has(value: Value): boolean
}

/** Creates a memory that an endless session cannot fill. */
export const recent = <Value>(limit: number): Recent<Value> => {
  const values = new Set<Value>()
  return {
    add(value) {
      values.delete(value)
      values.add(value)
      if (values.size > limit) values.delete(values.values().next().value as Value)
    },
    delete: (value) => void values.delete(value),
    has: (value) => values.has(value),
  }
}
