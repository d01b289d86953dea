import type { ModelCommand } from '../model.ts'
import type { Story } from './story.ts'
import type { CallStep } from './memory.ts'
import type { CallEvent } from './events.ts'

/** Limits of what a new connection is told of the conversation: text is cheap, but not free. */
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

/** What a replacing connection is told of the conversation, so that it neither forgets nor repeats anything. */
export interface CarryOver {
  /** Notes tool calls and their results. */
  note(event: CallEvent): void
  /** Notes the output that the model was given; it differs from the tool's own if the call refused its request. */
  told(toolCallId: string, output: string): void
  /** Notes the text about keys that the model was given. */
  pressed(text: string): void
  /** The tool calls, for a connection that replaces one to which nothing was said yet. */
  done(): readonly CarryOverMessage[]
  /** Speech, keys and tool calls, in order. */
  messages(): readonly CarryOverMessage[]
}

/** Creates it. Speech is read from the story; tool calls and keys are kept here, those of an earlier process first. */
export const createCarryOver = (story: Story, earlier: readonly CallStep[] = []): CarryOver => {
  const actions: Action[] = []
  const keys: { readonly atMs: number; readonly role: 'user'; readonly text: string }[] = []

  for (const step of earlier)
    if (step.kind === 'tool') actions.push(step)
    else keys.push({ atMs: step.atMs, role: 'user', text: step.text })

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
