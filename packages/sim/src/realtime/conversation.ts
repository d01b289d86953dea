/** The conversation as the server keeps it: items in order, and how much audio each holds. */
import { type ContentPart, type Item, type Json, newId } from './protocol.ts'
import { Refusal } from './refusal.ts'

/** An item with fields that the wire does not show. */
export interface Entry {
  item: Item
  /** Milliseconds of audio in the item's content, 0 for text. */
  audioMs: number
  /** What was said, kept apart because truncating deletes the item's own transcript. */
  said: string
}

/** Items in conversation order. */
export interface Conversation {
  readonly id: string
  entries(): readonly Entry[]
  find(id: string): Entry | undefined
  /** The id of the item after which the next one will stand; null when it is the first. */
  lastId(): string | null
  /** The id of the item before this one; null when it is the first. */
  idBefore(id: string): string | null
  append(entry: Entry): void
  /** Adds an item of the client's; gives the entry and the id before it. */
  create(item: Json, previousId: string | null | undefined): { entry: Entry; previousId: string | null }
  remove(id: string): void
  truncate(id: string, contentIndex: number, audioEndMs: number): void
}

/** An empty conversation. */
export function createConversation(): Conversation {
  const entries: Entry[] = []
  const find = (id: string) => entries.find(({ item }) => item.id === id)
  const idAt = (index: number) => entries[index]?.item.id ?? null

  return {
    id: newId('conv'),
    entries: () => entries,
    find,
    lastId: () => idAt(entries.length - 1),
    idBefore: (id) => idAt(entries.findIndex(({ item }) => item.id === id) - 1),
    append: (entry) => void entries.push(entry),

    create(source, previousId) {
      const id = (source['id'] as string | undefined) ?? newId('item')
      if (find(id)) {
        throw new Refusal(
          'item_create_duplicate_item_id',
          `Error adding item: an item with id '${id}' already exists.`,
          'item.id',
        )
      }
      const callId = source['call_id']
      if (
        source['type'] === 'function_call_output' &&
        !entries.some(({ item }) => item.type === 'function_call' && item.call_id === callId)
      ) {
        throw new Refusal('invalid_tool_call_id', `Tool call ID '${String(callId)}' not found in conversation.`)
      }
      if (
        source['role'] === 'assistant' &&
        (source['content'] as ContentPart[]).some((part) => part.type === 'output_audio')
      ) {
        throw new Refusal(
          'invalid_value',
          "Invalid value: 'output_audio'. Supported values are: 'output_text'.",
          'item.content[0].type',
        )
      }
      let index = entries.length
      if (previousId === 'root') index = 0
      else if (previousId) {
        index = entries.findIndex(({ item }) => item.id === previousId) + 1
        if (index === 0) {
          throw new Refusal(
            'item_create_invalid_previous_item_id',
            `Error adding item: the previous item with id '${previousId}' does not exist.`,
            'previous_item_id',
          )
        }
      }
      const { object: _, ...given } = source
      const item = { ...given, id, status: 'completed' } as Item
      const entry: Entry = { item, audioMs: 0, said: textOf(item) }
      entries.splice(index, 0, entry)
      return { entry, previousId: idAt(index - 1) }
    },

    remove(id) {
      const index = entries.findIndex(({ item }) => item.id === id)
      if (index < 0) {
        throw new Refusal(
          'item_delete_invalid_item_id',
          `Error deleting item: the item with id '${id}' does not exist.`,
          'item_id',
        )
      }
      entries.splice(index, 1)
    },

    truncate(id, contentIndex, audioEndMs) {
      const entry = find(id)
      if (!entry) {
        throw new Refusal(
          'item_truncate_invalid_item_id',
          `Error truncating item: the item with id '${id}' does not exist.`,
          'item_id',
        )
      }
      const part = entry.item.content?.[contentIndex]
      if (entry.item.role !== 'assistant' || (part && part.type !== 'output_audio') || entry.audioMs === 0) {
        throw new Refusal('unsupported_content_type', 'Only model output audio messages can be truncated')
      }
      if (!part && contentIndex > 0) {
        throw new Refusal(
          'invalid_value',
          `Invalid content index ${contentIndex}: the item has no such content.`,
          'content_index',
        )
      }
      if (audioEndMs > entry.audioMs) {
        throw new Refusal(
          'invalid_value',
          `Audio content of ${Math.floor(entry.audioMs)}ms is already shorter than ${audioEndMs}ms`,
        )
      }
      entry.audioMs = audioEndMs
      if (part) delete part.transcript
    },
  }
}

/** The written words of an item. */
const textOf = (item: Item): string =>
  item.output ?? (item.content ?? []).map((part) => part.text ?? part.transcript ?? '').join(' ')
