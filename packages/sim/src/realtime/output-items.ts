/** The output of one response: its items, several of which may be open at a time, and their events. */
import type { Conversation, Entry } from './conversation.ts'
import { type Item, type Json, newId } from './protocol.ts'
import type { FittedCall } from './tool-call.ts'
import { audioTokens, textTokens, type Tokens } from './usage.ts'

/** How an item ended. */
type End = 'completed' | 'incomplete'

/** A message that is being spoken or written. */
export interface OpenMessage {
  words(words: string): void
  audio(piece: Buffer, ms: number): void
}

/** A tool call whose arguments are being written. */
export interface OpenCall {
  /** Writes the next piece of the arguments, if any is left. */
  write(): void
}

/** The items of one response. */
export interface OutputItems {
  items(): Item[]
  /** The output so far. */
  tokens(): Tokens
  audioMs(): number
  beginMessage(phase: Item['phase']): OpenMessage
  beginCall(call: FittedCall): OpenCall
  /** Ends what is open, in the order in which it began. */
  closeAll(end: End): void
}

/** Where the items of a response go. */
export interface OutputTarget {
  readonly responseId: string
  readonly conversation: Conversation
  /** Its items stay out of the conversation. */
  readonly isOutOfBand: boolean
  readonly isAudio: boolean
  send(type: string, rest: Json): void
  /** Called with each complete tool call, before the client gets it. */
  called(callId: string, name: string): void
}

/** No items yet. */
export function createOutputItems({
  responseId,
  conversation,
  isOutOfBand,
  isAudio,
  ...host
}: OutputTarget): OutputItems {
  const output: Entry[] = []
  let open: ((end: End) => void)[] = []

  /** Opens an item; its own last events go out before those of the item. */
  function begin(item: Item, sendEnd: (end: End) => void): { entry: Entry; where: Json } {
    const entry: Entry = { item, audioMs: 0, said: '' }
    const previous = isOutOfBand ? null : conversation.lastId()
    const where = { response_id: responseId, output_index: output.push(entry) - 1 }
    host.send('response.output_item.added', { ...where, item })
    if (!isOutOfBand) {
      conversation.append(entry)
      host.send('conversation.item.added', { previous_item_id: previous, item })
    }
    open.push((end) => {
      sendEnd(end)
      item.status = end
      // One beside the conversation is never announced as added to it, and is done with all the same.
      host.send('conversation.item.done', {
        previous_item_id: isOutOfBand ? null : conversation.idBefore(item.id),
        item,
      })
      host.send('response.output_item.done', { ...where, item })
    })
    return { entry, where: { ...where, item_id: item.id } }
  }

  return {
    items: () => output.map(({ item }) => item),
    tokens: () => ({
      audio: output.reduce((sum, { audioMs }) => sum + audioTokens(audioMs, 'assistant'), 0),
      text: output.reduce((sum, { said, item }) => sum + textTokens(item.arguments ?? said), 0),
    }),
    audioMs: () => output.reduce((sum, { audioMs }) => sum + audioMs, 0),

    beginMessage(phase) {
      const item: Item = {
        id: newId('item'),
        type: 'message',
        status: 'in_progress',
        role: 'assistant',
        content: [],
        ...(phase && { phase }),
      }
      const { entry, where } = begin(item, () => {
        const { said } = entry
        if (isAudio) {
          host.send('response.output_audio.done', part)
          host.send('response.output_audio_transcript.done', { ...part, transcript: said })
        } else host.send('response.output_text.done', { ...part, text: said })
        item.content = [isAudio ? { type: 'output_audio', transcript: said } : { type: 'output_text', text: said }]
        // The part keeps the short names in both dialects; only the item's content was renamed.
        const whole = isAudio ? { type: 'audio', transcript: said } : { type: 'text', text: said }
        host.send('response.content_part.done', { ...part, part: whole })
      })
      const part = { ...where, content_index: 0 }
      const empty = isAudio ? { type: 'audio', transcript: '' } : { type: 'text', text: '' }
      host.send('response.content_part.added', { ...part, part: empty })
      return {
        words(delta) {
          entry.said += delta
          host.send(`response.output_${isAudio ? 'audio_transcript' : 'text'}.delta`, { ...part, delta })
        },
        audio(piece, ms) {
          entry.audioMs += ms
          host.send('response.output_audio.delta', { ...part, delta: piece.toString('base64') })
        },
      }
    },

    beginCall({ name, arguments: wanted }) {
      const callId = newId('call')
      const item: Item = {
        id: newId('item'),
        type: 'function_call',
        status: 'in_progress',
        name,
        call_id: callId,
        arguments: '',
      }
      const middle = Math.ceil(wanted.length / 2)
      const pieces = [wanted.slice(0, middle), wanted.slice(middle)].filter(Boolean)
      const { where } = begin(item, (end) => {
        if (end === 'completed') {
          while (pieces.length > 0) write()
          host.called(callId, name)
        }
        // Also of a call that was cut off: then with as much as was written.
        host.send('response.function_call_arguments.done', {
          ...where,
          call_id: callId,
          name,
          arguments: item.arguments,
        })
      })
      const write = () => {
        const delta = pieces.shift()
        if (delta === undefined) return
        item.arguments += delta
        host.send('response.function_call_arguments.delta', { ...where, call_id: callId, delta })
      }
      write()
      return { write }
    },

    closeAll(end) {
      const closing = open
      open = []
      for (const close of closing) close(end)
    },
  }
}
