import type { HistoryItem } from '../model.ts'
import type { Items } from './items.ts'
import type { ReadError } from './server-errors.ts'

/** Events that may still be refused. */
const MAX_UNANSWERED = 200

type Message = Extract<HistoryItem, { kind: 'message' }>

interface Call {
  readonly name: string
  readonly argumentsJson: string
  readonly wireId: string
  output?: string
  /** The server has refused the item: the model is told in words. */
  inWords?: { readonly output: string | undefined }
}

const STILL_RUNNING = 'It is still running: do not call it again, you will be told what comes of it.'

const callInWords = ({ name, argumentsJson, output }: Call): string =>
  `You called ${name} with ${argumentsJson}. ${output === undefined ? STILL_RUNNING : `Its result: ${output}`}`

const messageInWords = ({ role, text }: Message): string =>
  role === 'assistant' ? `You said: "${text}"` : `The caller said: "${text}"`

/** What happened before this session: messages, and tool calls with their outputs as items of their own kind. */
export interface History {
  write(items: readonly HistoryItem[]): void
  /** Whether a call of this id was written. */
  knows(toolCallId: string): boolean
  /** Gives the output of a call of the history; `false` if it has no such call. */
  answers(toolCallId: string, output: string): boolean
  /** Whether the error refused an item of the history; the model is then told in words. */
  refused(error: ReadError): boolean
}

/** Creates it. A server that refuses the kind of an item, or its content, gets a system message instead. */
export const createHistory = ({ write, add }: Pick<Items, 'write' | 'add'>): History => {
  const running = new Map<string, Call>()
  const known = new Set<string>()
  let calls = 0
  /** What to say in words if the event of this id is refused. */
  const unanswered = new Map<string, () => void>()

  const expect = (eventId: string, otherwise: () => void): void => {
    unanswered.set(eventId, otherwise)
    const [oldest] = unanswered.keys()
    if (unanswered.size > MAX_UNANSWERED && oldest !== undefined) unanswered.delete(oldest)
  }

  const system = (text: string): string => write({ role: 'system', text })

  /** The call and its output may both be refused: the model is told once. */
  const sayInWords = (call: Call): void => {
    if (call.inWords && call.inWords.output === call.output) return
    call.inWords = { output: call.output }
    system(callInWords(call))
  }

  const sendOutput = (call: Call, output: string): void =>
    expect(add({ type: 'function_call_output', call_id: call.wireId, output }), () => sayInWords(call))

  const writeCall = ({ toolCallId, name, argumentsJson, output }: Extract<HistoryItem, { kind: 'toolCall' }>): void => {
    // An id of our own: that of another session may be too long here, and this server may give it to a call as well.
    const wireId = `gw_call_${++calls}`
    known.add(toolCallId)
    const call: Call = { name, argumentsJson, wireId, ...(output === undefined ? {} : { output }) }
    expect(add({ type: 'function_call', call_id: wireId, name, arguments: argumentsJson }), () => sayInWords(call))
    if (output !== undefined) return sendOutput(call, output)
    running.set(toolCallId, call)
    // A call without output may be answered later; not every model understands by itself that it is under way.
    system(`You have called ${name}. ${STILL_RUNNING}`)
  }

  return {
    write(items) {
      for (const item of items) {
        if (item.kind === 'toolCall') writeCall(item)
        else if (item.role === 'system') write(item)
        else expect(write(item), () => system(messageInWords(item)))
      }
    },
    knows: (toolCallId) => known.has(toolCallId),
    answers(toolCallId, output) {
      const call = running.get(toolCallId)
      if (!call) return false
      running.delete(toolCallId)
      call.output = output
      if (call.inWords) sayInWords(call)
      else sendOutput(call, output)
      return true
    },
    refused({ event_id }) {
      const otherwise = event_id === undefined ? undefined : unanswered.get(event_id)
      if (event_id === undefined || !otherwise) return false
      unanswered.delete(event_id)
      otherwise()
      return true
    },
  }
}
