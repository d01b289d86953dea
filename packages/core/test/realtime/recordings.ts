import { readFileSync } from 'node:fs'
import { vi } from 'vitest'
import type { ModelConnection, ModelEvent } from '../../src/model.ts'
import { connect, roundTrip, say, wish } from './server.ts'

interface WireEvent {
  readonly type: string
  readonly [key: string]: unknown
}

type Line =
  | { readonly from: 'server' | 'client'; readonly event: WireEvent }
  | { readonly from: 'server'; readonly close: { readonly code: number; readonly reason: string } }

const read = (name: string): Line[] =>
  readFileSync(new URL(`recordings/${name}.jsonl`, import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)

/** What a call would tell its connection, so that it sends this; undefined: it does so by itself, or never. */
const cause = (event: WireEvent, later: readonly Line[]): ((connection: ModelConnection) => void) | undefined => {
  const heardOf = ({ item_id: itemId, content_index: contentIndex, audio_end_ms: heardMs }: WireEvent) =>
    ({ itemId, contentIndex, heardMs, sentMs: 60 }) as {
      itemId: string
      contentIndex: number
      heardMs: number
      sentMs: number
    }
  switch (event.type) {
    case 'conversation.item.create': {
      const { type, call_id, output, content } = event['item'] as {
        type: string
        call_id: string
        output: string
        content: { text: string }[]
      }
      if (type === 'function_call_output')
        return ({ send }) => send({ type: 'toolOutput', toolCallId: call_id, output })
      return ({ send }) => send({ type: 'addMessage', role: 'user', text: content[0]!.text })
    }
    case 'response.create':
      // One beside the conversation is asked for by nobody here.
      return event['response'] ? undefined : ({ send }) => send({ type: 'reply' })
    case 'response.cancel': {
      const truncate = later.find((line) => 'event' in line && line.event.type === 'conversation.item.truncate')
      if (!truncate || !('event' in truncate)) return undefined
      return ({ send }) => send({ type: 'interrupt', cause: 'gateway', heard: [heardOf(truncate.event)] })
    }
    case 'conversation.item.truncate':
      return ({ send }) => send({ type: 'interrupt', cause: 'speech', heard: [heardOf(event)] })
    case 'input_audio_buffer.append':
      return ({ appendAudio }) => appendAudio(event['audio'] as string)
    default:
      return undefined
  }
}

/** Plays a recording to a connection of ours; gives what it told the call, audio with the item it is of. */
export const replay = async (name: string) => {
  const lines = read(name)
  const told: (ModelEvent | { readonly type: 'audio'; readonly itemId: string })[] = []
  const dialect = name.startsWith('flat') ? 'flat' : 'ga'
  const rig = await connect(
    () => {},
    dialect,
    { wishes: wish() },
    { hear: (event) => void told.push(event) },
    (itemId) => told.push({ type: 'audio', itemId }),
  )
  await vi.waitFor(() => expectOne(rig.sockets))
  const socket = rig.sockets[0]!
  const count = (type: string): number => rig.sent.filter((event) => event.type === type).length
  for (const [index, line] of lines.entries()) {
    if ('close' in line) socket.close(line.close.code, line.close.reason)
    else if (line.from === 'server') say(socket, line.event)
    else {
      await roundTrip(socket)
      const { type } = line.event
      const before = count(type)
      const act = cause(line.event, lines.slice(index + 1))
      const isCorrectedAlready = type === 'conversation.item.truncate' && before > 0
      if (act && !isCorrectedAlready) {
        act(rig.connection)
        await vi.waitFor(() => expectOne(rig.sent.filter((event) => event.type === type).slice(before)))
      } else if (type === 'session.update') await vi.waitFor(() => expectOne(rig.sent))
    }
  }
  if ('close' in lines.at(-1)!) await rig.until('lost')
  else await roundTrip(socket)
  return { told, sent: rig.sent }
}

const expectOne = (list: readonly unknown[]): void => {
  if (list.length === 0) throw new Error('Not yet.')
}
