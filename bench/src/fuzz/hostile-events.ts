import type { Message } from './hostile-frames.ts'
import { mutated, notJson, oddValue, respelled } from './odd-values.ts'
import type { Random } from './random.ts'

const NAMES = [
  'conversation.created',
  'conversation.item.created',
  'conversation.item.done',
  'conversation.item.deleted',
  'conversation.item.truncated',
  'input_audio_buffer.cleared',
  'input_audio_buffer.timeout_triggered',
  'response.content_part.added',
  'response.output_text.delta',
  'response.output_audio_transcript.delta',
  'response.function_call_arguments.delta',
  'rate_limits.updated',
  'session.closed',
  'no.such.event',
  '__proto__',
] as const

const TOOLS = [
  'hang_up',
  'transfer',
  'choose',
  'keep_listening',
  'take_message',
  'find_customer',
  'no_such_tool',
] as const

/** Ids that come again and again, and ones that never come twice. */
const idOf = (random: Random, kind: string): string =>
  random.chance(0.5) ? `${kind}_${random.below(4)}` : `${kind}_${Math.floor(random.share() * 1e15)}`

const delta = (random: Random): string => {
  switch (random.below(8)) {
    case 0:
      return ''
    case 1:
      return 'no base64!'
    case 2:
      return Buffer.alloc(1 + random.below(500), random.below(256)).toString('base64')
    case 3:
      return Buffer.alloc(16_000, 0xff).toString('base64')
    // 16-bit samples instead of μ-law cannot be recognised by their length, incomplete frames can.
    case 4:
      return Buffer.alloc(4_801, 3).toString('base64')
    default:
      return Buffer.alloc(160, 0xff).toString('base64')
  }
}

const itemOf = (random: Random): object => {
  switch (random.below(4)) {
    case 0:
      return {
        id: idOf(random, 'item'),
        type: 'message',
        role: 'user',
        status: 'completed',
        content: [{ type: 'input_audio' }],
      }
    case 1:
      return {
        id: idOf(random, 'item'),
        type: 'function_call',
        status: random.pick(['completed', 'in_progress', 'incomplete']),
        call_id: idOf(random, 'call'),
        name: random.pick(TOOLS),
        arguments: random.pick([
          '{}',
          '{"route":"sales"}',
          '{"__proto__":{}}',
          '{',
          '[]',
          'null',
          `{"a":"${'x'.repeat(3_000)}"}`,
        ]),
      }
    case 2:
      return { id: idOf(random, 'item'), type: 'message', role: 'system', content: [{ type: 'input_text', text: 'x' }] }
    default:
      return { id: idOf(random, 'item'), type: 'message', role: 'assistant', status: 'in_progress', content: [] }
  }
}

const responseOf = (random: Random): object => ({
  id: idOf(random, 'resp'),
  object: 'realtime.response',
  status: random.pick(['completed', 'cancelled', 'failed', 'incomplete', 'in_progress', 'other']),
  status_details: random.pick<unknown>([
    null,
    'content_filter',
    { type: 'failed', error: { type: 'server_error', code: 'server_error', message: 'x' } },
    { type: 'failed', error: { code: 'inference_rate_limit_exceeded' } },
    { type: 'incomplete', reason: 'max_output_tokens' },
  ]),
  output: random.chance(0.5) ? [itemOf(random)] : [],
  usage: random.pick<unknown>([
    null,
    {},
    { input_token_details: { text_tokens: -5, audio_tokens: 1e99 }, output_token_details: { text_tokens: 'x' } },
    {
      input_token_details: { text_tokens: 10, audio_tokens: 2, cached_tokens: 3 },
      output_token_details: { audio_tokens: 9 },
    },
  ]),
})

/** An event with the fields of its kind; only order, ids and values are those of no real session. */
export const plausibleEvent = (random: Random): object => {
  const event_id = idOf(random, 'event')
  const response_id = idOf(random, 'resp')
  const item_id = idOf(random, 'item')
  const part = { response_id, item_id, output_index: 0, content_index: random.pick([0, 0, 0, 1, 7, -1, 2 ** 53]) }
  switch (random.below(16)) {
    case 0:
      return { type: 'input_audio_buffer.speech_started', event_id, audio_start_ms: random.below(1e6), item_id }
    case 1:
      return { type: 'input_audio_buffer.speech_stopped', event_id, audio_end_ms: random.below(1e6), item_id }
    case 2:
      return { type: 'input_audio_buffer.committed', event_id, previous_item_id: null, item_id }
    case 3:
      return { type: 'conversation.item.added', event_id, previous_item_id: idOf(random, 'item'), item: itemOf(random) }
    case 4:
      return {
        type: 'conversation.item.input_audio_transcription.completed',
        event_id,
        item_id,
        content_index: 0,
        transcript: random.pick(['Yes.', '', '\u0000\u202e', 'word '.repeat(400)]),
        usage: random.pick<unknown>([null, { type: 'duration', seconds: 2 }, { type: 'tokens', total_tokens: -1 }]),
      }
    case 5:
      return { type: 'response.created', event_id, response: { id: response_id, status: 'in_progress' } }
    case 6:
      return { type: 'response.done', event_id, response: responseOf(random) }
    case 7:
      return { type: 'response.output_item.done', event_id, response_id, output_index: 0, item: itemOf(random) }
    case 8:
      return { type: 'response.output_audio.done', event_id, ...part }
    case 9:
      return {
        type: 'response.output_audio_transcript.done',
        event_id,
        ...part,
        transcript: random.pick(['Hello.', '', 'x'.repeat(5_000)]),
      }
    case 10:
      return { type: random.pick(NAMES), event_id, ...part, delta: 'x' }
    case 11:
      return { type: 'session.updated', event_id, session: {} }
    case 12:
      return {
        type: 'error',
        event_id,
        error: {
          type: 'invalid_request_error',
          code: random.pick([
            'response_cancel_not_active',
            'conversation_already_has_active_response',
            'unknown_thing',
            null,
          ]),
          message: 'x',
          event_id: random.pick<unknown>([undefined, null, 'gw_1', `gw_${random.below(50)}`, 7]),
        },
      }
    default:
      return { type: 'response.output_audio.delta', event_id, ...part, delta: delta(random) }
  }
}

/** How hostile a model server is. */
export interface ServerManners {
  readonly broken: number
  readonly mutated: number
  readonly fatal: number
}

/** Servers of all kinds. The gateway gives a connection up after five messages it cannot read, so most send few of them. */
export const serverMannersOf = (random: Random): ServerManners =>
  random.pick<ServerManners>([
    { broken: 0, mutated: 0, fatal: 0 },
    { broken: 0, mutated: 0.002, fatal: 0 },
    { broken: 0.002, mutated: 0.01, fatal: 0.0005 },
    { broken: 0.2, mutated: 0.3, fatal: 0.01 },
  ])

const fatalMessage = (random: Random): Message => {
  switch (random.below(4)) {
    case 0:
      return { kind: 'text', text: `{"type":"response.output_audio.delta","delta":"${'A'.repeat(5_000_000)}"}` }
    // A reserved bit; a masked frame from a server.
    case 1:
      return { kind: 'raw', bytes: Buffer.from([0xf1, 0x00]) }
    case 2:
      return { kind: 'raw', bytes: Buffer.from([0x81, 0x81, 1, 2, 3, 4, 5]) }
    default:
      return { kind: 'fragments', text: '{"type":"x"}'.repeat(400), count: 4_000 }
  }
}

/** The next message of a hostile model server. */
export const hostileEvent = (manners: ServerManners, random: Random): Message => {
  const luck = random.share()
  if (luck < manners.fatal) return fatalMessage(random)
  const event = plausibleEvent(random)
  if (luck < manners.fatal + manners.broken) {
    const text = random.chance(0.3) ? oddValue(random) : notJson(random, JSON.stringify(event))
    return random.chance(0.2) ? { kind: 'binary', bytes: Buffer.from(text) } : { kind: 'text', text }
  }
  if (luck < manners.fatal + manners.broken + manners.mutated) return { kind: 'text', text: mutated(random, event) }
  const text = random.chance(0.1) ? respelled(random, event) : JSON.stringify(event)
  if (random.chance(0.01)) return { kind: 'ping' }
  return random.chance(0.02) ? { kind: 'fragments', text, count: 1 + random.below(40) } : { kind: 'text', text }
}
