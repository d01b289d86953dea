import type { ModelCommand } from '../model.ts'
import type { Ledger } from './ledger.ts'
import type { CallEvent } from './state.ts'

/** What a new connection is told of the conversation: text is cheap, but not free. */
const MAX_TOLD = 40
const MAX_ACTIONS = 20
const MAX_CHARS = 2_000

type Message = Extract<ModelCommand, { type: 'addMessage' }>

interface Action {
  readonly toolCallId: string
  readonly name: string
  readonly argumentsJson: string
  readonly atMs: number
  output?: string
}

/** What a connection that takes over is told, so that it neither forgets nor does a thing twice. */
export interface CarryOver {
  /** Notes what tools were called and what came of it. */
  note(event: CallEvent): void
  /** What was said and done after `sinceMs` of the call, in order. */
  messages(sinceMs?: number): readonly Message[]
}

/** Collects it: words are the ledger's, actions are kept here. */
export const createCarryOver = (ledger: Ledger): CarryOver => {
  const actions: Action[] = []

  const tellAction = ({ name, argumentsJson, output }: Action): string =>
    `You called ${name} with ${argumentsJson}. ${
      output === undefined
        ? 'It is still running: do not call it again, you will be told what comes of it.'
        : `Its result: ${output}`
    }`

  return {
    note(event) {
      if (event.type === 'toolCalled') {
        const { toolCallId, name, argumentsJson } = event
        actions.push({
          toolCallId,
          name: name.slice(0, 64),
          argumentsJson: argumentsJson.slice(0, MAX_CHARS),
          atMs: Math.round(ledger.sinceStart()),
        })
        if (actions.length > MAX_ACTIONS) actions.shift()
      } else if (event.type === 'toolSettled') {
        const action = actions.find(({ toolCallId }) => toolCallId === event.toolCallId)
        if (action) action.output = event.output.slice(0, MAX_CHARS)
      }
    },
    messages(sinceMs = -1) {
      const said = ledger.turns().map(({ speaker, text, atMs }) => ({
        atMs,
        role: speaker === 'caller' ? ('user' as const) : ('assistant' as const),
        text,
      }))
      const done = actions.map((action) => ({ atMs: action.atMs, role: 'system' as const, text: tellAction(action) }))
      const told: Message[] = [...said, ...done]
        .filter(({ atMs }) => atMs > sinceMs)
        .toSorted((one, other) => one.atMs - other.atMs)
        .slice(-MAX_TOLD)
        .map(({ role, text }) => ({ type: 'addMessage', role, text }))
      if (!ledger.lastWordsLost()) return told
      const text = 'What the caller said last was lost. Ask them to say it again.'
      return [...told, { type: 'addMessage', role: 'system', text }]
    },
  }
}
