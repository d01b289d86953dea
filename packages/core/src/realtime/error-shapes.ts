/** Reads errors of compatible servers: a sentence, fields beside the type, a list, wrapped in an object, or JSON in a string. */
import type { WireError } from './protocol.ts'

/** Levels of wrapping that are read. */
const MAX_DEPTH = 4
/** Many times the size of an error. */
const MAX_JSON_CHARS = 16_384

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Fields that may hold an inner error. */
const WRAPPERS = ['error', 'errors', 'detail', 'details', 'message'] as const
const SENTENCES = ['message', 'msg', 'error_message', 'description', 'detail', 'reason', 'title'] as const
const PLACES = ['param', 'loc', 'field', 'path'] as const

const parsed = (text: string): unknown => {
  if (!/^\s*[[{]/.test(text) || text.length > MAX_JSON_CHARS) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isPresent = (value: unknown): boolean => value !== undefined && value !== null && value !== ''

/** An error in the wire's form, from whatever a server has sent. Its values are not checked yet. */
export const errorFrom = (value: unknown, depth = 0): WireError => {
  if (depth > MAX_DEPTH) return {}
  if (typeof value === 'string') {
    const json = parsed(value)
    return isObject(json) || Array.isArray(json) ? errorFrom(json, depth + 1) : { message: value }
  }
  if (Array.isArray(value)) return value.length > 0 ? errorFrom(value[0], depth + 1) : {}
  if (!isObject(value)) return {}
  const { type, code, status, event_id } = value
  const wrapped = WRAPPERS.map((name) => value[name])
    .filter((inner) => isObject(inner) || Array.isArray(inner) || (typeof inner === 'string' && parsed(inner)))
    .map((inner) => errorFrom(inner, depth + 1))
  const own = {
    type,
    // A status word is more specific than the number beside it.
    code: (typeof code === 'number' && typeof status === 'string' ? status : undefined) ?? code ?? status,
    message: SENTENCES.map((name) => value[name]).find((said) => typeof said === 'string' && !parsed(said)),
    param: PLACES.map((name) => value[name]).find(isPresent),
    event_id,
  }
  const all = [own, ...wrapped]
  const first = (name: keyof typeof own) => all.map((each) => each[name]).find(isPresent)
  return {
    type: first('type'),
    code: first('code'),
    message: first('message'),
    param: first('param'),
    event_id: first('event_id'),
  } as WireError
}
