import type { ModelCommand } from '../model.ts'
import type { Story } from './story.ts'
import type { CallEvent } from './events.ts'

/** What a new connection is told of the conversation: text is cheap, but not free. */
const MAX_TOLD = 40
const MAX_ACTIONS = 20
const MAX_CHARS = 2_000

export type CarryOverMessage = Extract<ModelCommand, { type: 'addMessage' }>

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
  /** What the model is told came of a tool: the call may have refused what the tool asked for. */
  told(toolCallId: string, output: string): void
  /** Keys were pressed, as the model is told of them. */
  pressed(text: string): void
  /** What was done, for a connection to which nothing has been said yet. */
  done(): readonly CarryOverMessage[]
  /** What was said, pressed and done, in order. */
  messages(): readonly CarryOverMessage[]
}

/** Collects it: words are the story's, actions are kept here. */
export const createCarryOver = (story: Story): CarryOver => {
  const actions: Action[] = []
  const keys: { readonly atMs: number; readonly role: 'user'; readonly text: string }[] = []

  const tellAction = ({ name, argumentsJson, output }: Action): string =>
    `You called ${name} with ${argumentsJson}. ${
      output === undefined
        ? 'It is still running: do not call it again, you will be told what comes of it.'
        : `Its result: ${output}`
    }`

  const settle = (toolCallId: string, output: string): void => {
    const action = actions.find((each) => each.toolCallId === toolCallId)
    if (action) action.output = output.slice(0, MAX_CHARS)
  }

  return {
    note(event) {
      if (event.type === 'toolCalled') {
        const { toolCallId, name, argumentsJson } = event
        actions.push({
          toolCallId,
          name: name.slice(0, 64),
          argumentsJson: argumentsJson.slice(0, MAX_CHARS),
          atMs: Math.round(story.sinceStart()),
        })
        if (actions.length > MAX_ACTIONS) actions.shift()
      } else if (event.type === 'toolSettled') settle(event.toolCallId, event.output)
    },
    told: settle,
    pressed(text) {
      keys.push({ atMs: Math.round(story.sinceStart()), role: 'user', text })
      if (keys.length > MAX_ACTIONS) keys.shift()
    },
    done: () => actions.map((action) => ({ type: 'addMessage', role: 'system', text: tellAction(action) })),
    messages() {
      const said = story.turns().map(({ speaker, text, atMs }) => ({
        atMs,
        role: speaker === 'caller' ? ('user' as const) : ('assistant' as const),
        text,
      }))
      const done = actions.map((action) => ({ atMs: action.atMs, role: 'system' as const, text: tellAction(action) }))
      const told: CarryOverMessage[] = [...said, ...keys, ...done]
        .toSorted((one, other) => one.atMs - other.atMs)
        .slice(-MAX_TOLD)
        .map(({ role, text }) => ({ type: 'addMessage', role, text }))
      if (!story.lastWordsLost()) return told
      const text = 'What the caller said last was lost. Ask them to say it again.'
      return [...told, { type: 'addMessage', role: 'system', text }]
    },
  }
}
