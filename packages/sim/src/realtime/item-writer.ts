import type { ModelTurns } from './model-turns.ts'
import type { Json, WireEvent } from './protocol.ts'
import type { SessionContext } from './session-context.ts'

/** Takes the items that a client writes into the conversation, and has the model act on what is new to it. */
export const createItemWriter = (
  { conversation, script, setting, tools, send }: SessionContext,
  model: Pick<ModelTurns, 'note' | 'saidBefore'>,
): ((event: WireEvent) => void) => {
  const answered = new Set<unknown>()
  /** Calls of an earlier session, written by the client. */
  const told = new Set<unknown>()

  return (event) => {
    const source = setting.dialect.readItem(event['item'] as Json)
    const { entry, previousId } = conversation.create(source, event['previous_item_id'] as string | null | undefined)
    const { item } = entry
    const before = previousId === null ? undefined : conversation.find(previousId)?.item
    send({ type: 'conversation.item.added', previous_item_id: previousId, item })
    send({ type: 'conversation.item.done', previous_item_id: previousId, item })
    if (item.type === 'function_call') {
      if (told.has(item.call_id)) setting.violate(`A second call ${item.call_id}`)
      told.add(item.call_id)
      script.wasCalled(item.call_id ?? '', item.name ?? '', tools())
      model.saidBefore()
    } else if (item.type === 'function_call_output') {
      if (answered.has(item.call_id)) setting.violate(`A second output for ${item.call_id}`)
      answered.add(item.call_id)
      const output = item.output ?? ''
      // Both from the client with nothing in between: an earlier session made the call and has spoken about the result.
      if (told.has(item.call_id) && before?.call_id === item.call_id) script.learn(output)
      else model.note({ kind: 'output', callId: item.call_id ?? '', output })
    } else if (item.role === 'assistant') model.saidBefore()
    else if (item.role === 'user' || (item.role === 'system' && !told.has(before?.call_id))) {
      // The message after a call of an earlier session says that the call still runs.
      model.note({ kind: 'text', role: item.role, text: entry.said })
    }
  }
}
