import { setImmediate as letOthersRun } from 'node:timers/promises'
import type { CallEvent } from '../events.ts'
import { initialState, reduce } from '../reduce.ts'
import type { CallState } from '../state.ts'
import type { LogEntry, RecordedEvents } from './event-recorder.ts'
import { replay } from './replay.ts'
import { logText, LOG_VERSION, settingsOf, type EventLog, type LogHead } from './log-file.ts'

/** Stands for words and keys that are not kept. */
const MASK = '•'
/** Entries taken at a time: well under a millisecond on the loop that carries audio. */
const AT_ONCE = 25

type MaskText = (text: string, key: string) => string

/** The same value with every text in it passed through `mask`, under the name of the field that holds it. */
const masked = (value: unknown, mask: MaskText, key = ''): unknown => {
  if (typeof value === 'string') return mask(value, key)
  if (Array.isArray(value)) return value.map((item) => masked(item, mask, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, masked(inner, mask, name)]))
}

const inEvent = (event: CallEvent, mask: MaskText): CallEvent => masked(event, mask) as CallEvent

/** What a tool was told and has said, why somebody is rung and what they are told, the text of a message: no decision reads it. */
const WORDS: ReadonlySet<string> = new Set(['argumentsJson', 'output', 'reason', 'introduction', 'text', 'when'])

const withoutWords: MaskText = (text, key) => {
  if (WORDS.has(key)) return text === '' ? text : MASK
  return key === 'digits' ? text.replaceAll(/\d/g, MASK) : text
}

/** A key is kept where it ends what was pressed before, or leads to one of the destinations that keys can choose. */
const isDecisive = ({ digits, keypad }: CallState, digit: string): boolean =>
  digit === '#' || digit === '*' || Object.keys(keypad).some((keys) => keys.startsWith(digits + digit))

const forStorage = (event: CallEvent, before: CallState): CallEvent => {
  if (event.type !== 'digitPressed') return inEvent(event, withoutWords)
  return isDecisive(before, event.digit) ? event : { ...event, digit: MASK }
}

/**
 * The file of a log as it may be stored: without words, and of keys only those that a decision has needed. It replays to the
 * same decisions. Works in small steps, because it runs beside the audio of other calls.
 */
export const storableLog = async (head: LogHead, { lines, truncated }: RecordedEvents): Promise<string> => {
  const stored: string[] = []
  let state: CallState | undefined
  for (const [index, line] of lines.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- that is the point
    if (index % AT_ONCE === AT_ONCE - 1) await letOthersRun()
    const entry = JSON.parse(line) as LogEntry
    state ??= initialState(settingsOf({ entries: [entry] }))
    stored.push(JSON.stringify({ ...entry, event: forStorage(entry.event, state) }))
    ;[state] = reduce(state, entry.event)
  }
  return logText(head, stored, truncated)
}

/** Fields whose texts are words of ours: what they can hold stands in the types. */
const OURS: ReadonlySet<string> = new Set([
  'type',
  'direction',
  'action',
  'shield',
  'kind',
  'code',
  'outcome',
  'lastWords',
  'listening',
  'verdict',
  'disposition',
  'by',
  'timer',
  'transfer',
  'voicemail',
  'pace',
  'idle',
  'cause',
  'digit',
])

/** Names that stand for the same thing wherever they appear, by field. */
const NAMES: Readonly<Record<string, string>> = {
  route: 'route',
  afterHours: 'route',
  label: 'label',
  name: 'name',
  room: 'name',
  toolCallId: 'tool',
  itemId: 'item',
}

/** Gives every text the same stand-in each time, another one for each. */
const createStandIns = (make: (count: number, text: string) => string): ((text: string) => string) => {
  const known = new Map<string, string>()
  return (text) => {
    const found = known.get(text) ?? make(known.size + 1, text)
    known.set(text, found)
    return found
  }
}

/**
 * The log as it may be given to anybody: instead of numbers, names and ids there are others, the same for the same, and no
 * words. It replays to the same decisions, and masked once more it stays as it is. Throws `log_invalid`.
 */
export const shareableLog = ({ truncated, entries }: EventLog): EventLog => {
  const names = Object.fromEntries(
    [...new Set(Object.values(NAMES))].map((kind) => [kind, createStandIns((count) => `${kind}-${count}`)]),
  )
  // The fictional range.
  const number = createStandIns((count) => `+1415555${String(100 + count).padStart(4, '0')}`)
  const extension = createStandIns((count, text) => String(count).padStart(text.length, '0'))
  const mask: MaskText = (text, key) => {
    const kind = NAMES[key]
    if (kind) return names[kind]!(text)
    if (OURS.has(key)) return text
    if (key === 'number') return number(text)
    if (key === 'extension') return extension(text)
    return text === '' ? text : MASK
  }
  // Of an edited file nothing is taken that a log does not have.
  const shared = [...replay({ entries })].map(({ entry: { atMs, event, does, phase }, before }) => ({
    atMs,
    event: inEvent(forStorage(event, before), mask),
    ...(does ? { does } : {}),
    ...(phase ? { phase } : {}),
  }))
  return { version: LOG_VERSION, ...(truncated ? { truncated } : {}), entries: shared }
}
