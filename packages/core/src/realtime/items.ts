import type { HeardPart, ModelEvent } from '../model.ts'
import { recent } from '../recent.ts'
import { saneId, saneText } from './bounds.ts'
import type { ClientEvent, ClientItem, WireItem } from './protocol.ts'

/** Prefix of the ids of items we write, so that they are never taken for the caller's. */
const OURS = 'gw_'

/** Whether we wrote an item ourselves. */
export const isWrittenByUs = ({ id, content }: WireItem): boolean =>
  id?.startsWith(OURS) === true || (Array.isArray(content) && content[0]?.type === 'input_text')

/** The items of one session's conversation: tracks them, writes and removes them. */
export interface Items {
  /** The model speaks this item. Called for every delta. */
  spoken(itemId: string): void
  /** The server has added an item. Reported to the call once, unless we wrote it. */
  placed(item: WireItem & { readonly id: string }, afterItemId: unknown): void
  transcript(speaker: 'caller' | 'assistant', itemId: string, text: string): void
  partEnded(itemId: unknown, contentIndex: unknown): void
  /** Writes a message; returns the id of the event. */
  write(item: { readonly role: 'user' | 'system' | 'assistant'; readonly text: string }): string
  /** Writes an item of another kind under an id of ours; returns the id of the event. */
  add(item: Exclude<ClientItem, { type: 'message' }>): string
  remove(itemId: string): void
  /** Truncates items heard in part and deletes items not heard at all; ignores ids of earlier sessions. */
  correct(heard: readonly HeardPart[]): void
}

/** Creates an empty conversation. */
export const createItems = ({
  send,
  tell,
  onGarbled,
}: {
  send(event: ClientEvent): string
  tell(event: ModelEvent): void
  onGarbled(): void
}): Items => {
  const items = recent<string>(1_000)
  const placed = recent<string>(1_000)
  /** Items that the caller has heard something of: a server may end a part of which nothing came. */
  const audible = recent<string>(1_000)
  let lastItemId: string | undefined
  let itemCount = 0

  const create = (item: ClientItem): string =>
    send({ type: 'conversation.item.create', item: { ...item, id: `${OURS}item_${++itemCount}` } })

  const remove = (item_id: string): void => {
    items.delete(item_id)
    send({ type: 'conversation.item.delete', item_id })
  }

  return {
    spoken(itemId) {
      if (itemId === lastItemId) return
      lastItemId = itemId
      items.add(itemId)
      audible.add(itemId)
    },
    placed(item, afterItemId) {
      const { id, type, role } = item
      items.add(id)
      const isMessage = type === 'message' && (role === 'user' || role === 'assistant')
      // Items we wrote were not said on the call, and their ids repeat on every connection.
      if (!isMessage || placed.has(id) || isWrittenByUs(item)) return
      placed.add(id)
      const after = saneId(afterItemId)
      const speaker = role === 'user' ? 'caller' : 'assistant'
      tell({ type: 'itemPlaced', itemId: id, speaker, ...(after === undefined ? {} : { afterItemId: after }) })
    },
    transcript: (speaker, itemId, text) => tell({ type: 'transcript', speaker, itemId, text: saneText(text) }),
    partEnded(item, index) {
      const itemId = saneId(item)
      const contentIndex = index ?? 0
      if (itemId === undefined || typeof contentIndex !== 'number') return onGarbled()
      if (audible.has(itemId)) tell({ type: 'partEnded', itemId, contentIndex })
    },
    write({ role, text }) {
      const content = [{ type: role === 'assistant' ? 'output_text' : 'input_text', text } as const]
      return create({ type: 'message', role, content })
    },
    add: create,
    remove,
    correct(heard) {
      for (const { itemId, contentIndex, heardMs } of heard) {
        if (!items.has(itemId)) continue
        if (heardMs === 0 && contentIndex === 0) remove(itemId)
        else
          send({
            type: 'conversation.item.truncate',
            item_id: itemId,
            content_index: contentIndex,
            audio_end_ms: heardMs,
          })
      }
    },
  }
}
