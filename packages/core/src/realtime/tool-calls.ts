import type { ModelEvent } from '../model.ts'
import { recent } from '../recent.ts'
import { saneId } from './bounds.ts'
import type { WireItem } from './protocol.ts'

/** Longest arguments; a model writes at most 4,096 tokens. Cut ones are not valid JSON, and the model is told so. */
const MAX_ARGUMENTS_CHARS = 65_536
/** Tool calls remembered: of a session, and without output. */
const MAX_SEEN = 1_000

/** The tool calls of a session, each reported once. */
export interface ToolCalls {
  /** Reports a completed tool call; ignores other items. */
  take(item: WireItem): void
  /** The output of the call is sent: returns its id on the wire. */
  answered(toolCallId: string): string
  /** A response begins: forgets open calls of earlier ones. */
  reset(): void
  /** Number of tool calls of this response without output. */
  readonly open: number
}

/**
 * Creates it. Only complete items count: an interrupted one may hold half of its arguments. Some servers number the calls of
 * each session anew: one whose id is taken (`isTaken`) by a call of an earlier session is reported under another id.
 */
export const createToolCalls = (
  tell: (event: ModelEvent) => void,
  onGarbled: () => void,
  isTaken: (toolCallId: string) => boolean,
): ToolCalls => {
  const seen = recent<string>(MAX_SEEN)
  /** Ids on the wire of the calls reported under another one. */
  const renamed = new Map<string, string>()

  const nameFor = (wireId: string): string => {
    if (!isTaken(wireId)) return wireId
    let n = 2
    while (isTaken(`${wireId}~${n}`)) n++
    const toolCallId = `${wireId}~${n}`
    renamed.set(toolCallId, wireId)
    return toolCallId
  }

  let open = recent<string>(MAX_SEEN)
  return {
    take({ type, status, call_id, name: called, arguments: argumentsJson = '{}' }) {
      if (type !== 'function_call' || (status && status !== 'completed')) return
      const wireId = saneId(call_id)
      const name = saneId(called)
      if (wireId === undefined || name === undefined || typeof argumentsJson !== 'string') return onGarbled()
      if (seen.has(wireId)) return
      seen.add(wireId)
      const toolCallId = nameFor(wireId)
      open.add(toolCallId)
      tell({ type: 'toolCalled', toolCallId, name, argumentsJson: argumentsJson.slice(0, MAX_ARGUMENTS_CHARS) })
    },
    answered(toolCallId) {
      open.delete(toolCallId)
      return renamed.get(toolCallId) ?? toolCallId
    },
    reset() {
      open = recent(MAX_SEEN)
    },
    get open() {
      return open.size
    },
  }
}
