import type { HistoryItem, ModelCommand } from '../model.ts'
import type { CallStep } from './memory.ts'
import type { CallEvent } from './events.ts'
import { shortenOutput, shortenText } from './shorten-text.ts'
import { shortToolCall } from './step-log.ts'
import type { Story } from './story.ts'

/** The latest steps are carried over word for word, up to these limits: text is cheap, but not free. */
const MAX_WHOLE = 40
const MAX_WHOLE_CHARS = 24_000
/** The steps before them become one text: a line for each, the first few and as many of the last as fit. */
const MAX_LINE_CHARS = 160
const FIRST_LINES = 8
const MAX_SUMMARY_CHARS = 4_000
/** Tool calls that have ended, and messages, that are kept at all. */
const MAX_KEPT = 100

type ToolCallItem = Extract<HistoryItem, { kind: 'toolCall' }>
type MessageItem = Extract<HistoryItem, { kind: 'message' }>

/** A step of the conversation; `key` tells it from the others. */
interface Step {
  readonly key: string
  readonly atMs: number
  readonly item: HistoryItem
}

/** What one connection is told of the conversation, each step once. */
export interface Telling {
  /** Everything so far, for the first settings of the connection. */
  history(): readonly HistoryItem[]
  /** What has come or changed since, as commands. */
  news(): readonly ModelCommand[]
}

/** What a replacing connection is told of the conversation, so that it neither forgets nor repeats anything. */
export interface CarryOver {
  /** Notes tool calls. */
  note(event: CallEvent): void
  /** Notes the output that the model is given; it differs from the tool's own if the call refused its request. */
  settled(toolCallId: string, output: string): void
  /** Notes a message that the model was given: keys that were pressed, or what it was told to do. */
  written(role: 'user' | 'system', text: string): void
  /** For a new connection. `toolCalls`: only those, because it replaces one to which nothing was said yet. */
  tell(what: 'everything' | 'toolCalls'): Telling
}

const SPEAKERS = { user: 'Caller', assistant: 'You', system: 'You were told' } as const

/** One line of the text that stands for earlier steps. */
const lineOf = (item: HistoryItem): string => {
  const line =
    item.kind === 'toolCall'
      ? `You called ${item.name} with ${shortenText(item.argumentsJson, MAX_LINE_CHARS)}: ${item.output ?? ''}`
      : `${SPEAKERS[item.role]}: ${item.text}`
  return shortenText(line, item.kind === 'toolCall' ? 2 * MAX_LINE_CHARS : MAX_LINE_CHARS)
}

const summaryOf = (items: readonly HistoryItem[]): MessageItem => {
  const lines = items.map(lineOf)
  const first = lines.slice(0, FIRST_LINES)
  let room = MAX_SUMMARY_CHARS - first.join('\n').length
  const last = lines.slice(FIRST_LINES)
  let from = last.length
  while (from > 0 && room > last[from - 1]!.length) room -= last[--from]!.length + 1
  const text = [
    'This call has lasted a while. What came before, line by line and shortened:',
    ...first,
    ...(from > 0 ? ['(…)'] : []),
    ...last.slice(from),
  ].join('\n')
  return { kind: 'message', role: 'system', text }
}

const charsOf = (item: HistoryItem): number =>
  item.kind === 'message' ? item.text.length : item.argumentsJson.length + (item.output?.length ?? 0)

/** The latest steps whole, and one text for those before; a tool that is still running always stays an item. */
const withinLimits = (items: readonly HistoryItem[]): readonly HistoryItem[] => {
  let from = items.length
  let chars = 0
  while (from > 0 && items.length - from < MAX_WHOLE) {
    chars += charsOf(items[from - 1]!)
    if (chars > MAX_WHOLE_CHARS && from < items.length) break
    from--
  }
  if (from === 0) return items
  const isRunning = (item: HistoryItem): boolean => item.kind === 'toolCall' && item.output === undefined
  const earlier = items.slice(0, from)
  return [summaryOf(earlier.filter((item) => !isRunning(item))), ...earlier.filter(isRunning), ...items.slice(from)]
}

const LOST: MessageItem = {
  kind: 'message',
  role: 'system',
  text: 'What the caller said last was lost. Ask them to say it again.',
}

/** What a connection is told when the text of a message that it knows has changed. */
const changed = (before: string, { role, text }: MessageItem): MessageItem => {
  if (text.startsWith(before)) return { kind: 'message', role, text: text.slice(before.length).trim() }
  return role === 'assistant'
    ? { kind: 'message', role: 'system', text: `Of what you said before, the caller has heard only: "${text}"` }
    : { kind: 'message', role, text }
}

/** Creates it. Speech is read from the story; tool calls and messages are kept here, those of an earlier process first. */
export const createCarryOver = (story: Story, earlier: readonly CallStep[] = []): CarryOver => {
  let toolCalls: { key: string; atMs: number; item: ToolCallItem }[] = []
  const messages: Step[] = []
  let count = 0

  const nextKey = (): string => `step ${++count}`
  const atMs = (): number => Math.round(story.sinceStart())

  const settled = (toolCallId: string, output: string): void => {
    const call = toolCalls.findLast(({ item }) => item.toolCallId === toolCallId)
    if (call) call.item = { ...call.item, output: shortenOutput(output) }
  }

  const called = (item: ToolCallItem, at: number): void => {
    const key = nextKey()
    // Some servers use the same tool call ids again in each session.
    const same = toolCalls.find((call) => call.item.toolCallId === item.toolCallId)
    if (same) same.item = { ...same.item, toolCallId: key }
    const ended = toolCalls.find((call) => call.item.output !== undefined)
    if (ended && toolCalls.length >= MAX_KEPT) toolCalls = toolCalls.filter((call) => call !== ended)
    toolCalls.push({ key, atMs: at, item })
  }

  for (const { atMs: at, ...step } of earlier)
    if (step.kind === 'tool') called({ ...step, kind: 'toolCall' }, at)
    else messages.push({ key: nextKey(), atMs: at, item: { kind: 'message', role: 'user', text: step.text } })

  const said = (): Step[] =>
    story.words().map(({ itemId, speaker, text, atMs: at }) => ({
      key: itemId,
      atMs: at,
      item: { kind: 'message', role: speaker === 'caller' ? 'user' : 'assistant', text },
    }))

  return {
    note(event) {
      if (event.type !== 'toolCalled') return
      called({ kind: 'toolCall', ...shortToolCall(event.toolCallId, event.name, event.argumentsJson) }, atMs())
    },
    settled,
    written(role, text) {
      messages.push({ key: nextKey(), atMs: atMs(), item: { kind: 'message', role, text } })
      if (messages.length > MAX_KEPT) messages.shift()
    },
    tell(what) {
      const told = new Map<string, HistoryItem>()
      const steps = (): readonly Step[] =>
        what === 'toolCalls'
          ? toolCalls
          : [...said(), ...messages, ...toolCalls].toSorted((one, other) => one.atMs - other.atMs)

      return {
        history() {
          const all = steps()
          for (const { key, item } of all) told.set(key, item)
          const items = withinLimits(all.map(({ item }) => item))
          return what === 'everything' && story.lastWordsLost() ? [...items, LOST] : items
        },
        news() {
          const items: HistoryItem[] = []
          const outputs: ModelCommand[] = []
          for (const { key, item } of steps()) {
            const before = told.get(key)
            told.set(key, item)
            if (before === undefined) items.push(item)
            else if (item.kind === 'message' && before.kind === 'message' && item.text !== before.text)
              items.push(changed(before.text, item))
            else if (item.kind === 'toolCall' && before.kind === 'toolCall' && before.output !== item.output)
              outputs.push({ type: 'toolOutput', toolCallId: item.toolCallId, output: item.output ?? '' })
          }
          return [...(items.length > 0 ? [{ type: 'addHistory', items } as const] : []), ...outputs]
        },
      }
    },
  }
}
