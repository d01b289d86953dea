/** From the text of a frame to a checked client event, or to the refusal it earned. */
import type { WireEvent } from './protocol.ts'
import { Refusal, refusalFor } from './refusal.ts'
import type { ClientSchemas } from './schemas.ts'

/** A parsed frame: `event` if it has a type, `refusal` if it must be refused. */
export interface ReadEvent {
  event?: WireEvent
  clientEventId: string | null
  refusal?: Refusal
}

const NOT_JSON =
  'Invalid event: failed to parse JSON value. Please check the value to ensure it is valid JSON. (Common errors include trailing commas, missing closing brackets, missing quotation marks, etc.)'
const BINARY = 'Expected a text WebSocket message; binary frames are not supported.'

/** Reads one frame with the schemas of a dialect; a binary one is given as undefined. */
export function readClientEvent(text: string | undefined, schemas: ClientSchemas): ReadEvent {
  if (text === undefined) return { clientEventId: null, refusal: new Refusal('invalid_event', BINARY) }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { clientEventId: null, refusal: new Refusal('invalid_json', NOT_JSON) }
  }
  const event = (typeof value === 'object' && value !== null ? value : {}) as WireEvent
  const clientEventId = typeof event['event_id'] === 'string' ? event['event_id'] : null
  if (typeof event.type !== 'string') {
    return { clientEventId, refusal: new Refusal('invalid_event', "The 'type' field is missing.") }
  }
  const schema = Object.hasOwn(schemas, event.type) ? schemas[event.type] : undefined
  if (!schema) {
    const names = Object.keys(schemas).map((name) => `'${name}'`)
    const message = `Invalid value: '${event.type}'. Supported values are: ${names.slice(0, -1).join(', ')}, and ${names.at(-1)}.`
    return { event, clientEventId, refusal: new Refusal('invalid_value', message, 'type') }
  }
  const checked = schema.safeParse(event)
  return checked.success
    ? { event, clientEventId }
    : { event, clientEventId, refusal: refusalFor(checked.error, event) }
}
