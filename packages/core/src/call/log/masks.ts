import { setImmediate as letOthersRun } from 'node:timers/promises'
import type { CallEvent } from '../events.ts'
import { initialState } from '../initial-state.ts'
import { reduce } from '../reduce.ts'
import type { CallState } from '../state.ts'
import type { LogEntry, RecordedEvents } from './event-recorder.ts'
import { replay } from './replay.ts'
import { logText, LOG_VERSION, settingsOf, type EventLog, type LogHead } from './log-file.ts'

/** Replaces words and keys that are not stored. */
const MASK = '•'
/** Entries processed at a time: well under a millisecond on the event loop that carries audio. */
const AT_ONCE = 25

type MaskText = (text: string, key: string) => string

/** A copy of the value with every text in it replaced by `mask(text, name of its field)`. */
const masked = (value: unknown, mask: MaskText, key = ''): unknown => {
  if (typeof value === 'string') return mask(value, key)
  if (Array.isArray(value)) return value.map((item) => masked(item, mask, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, masked(inner, mask, name)]))
}

const inEvent = (event: CallEvent, mask: MaskText): CallEvent => masked(event, mask) as CallEvent

/** Fields with words of the parties: tool input and output, reasons, introductions, messages. No decision reads them. */
const WORDS: ReadonlySet<string> = new Set(['argumentsJson', 'output', 'reason', 'introduction', 'text', 'when'])

const withoutWords: MaskText = (text, key) => {
  if (WORDS.has(key)) return text === '' ? text : MASK
  return key === 'digits' ? text.replaceAll(/\d/g, MASK) : text
}

/** Whether a decision depends on which key was pressed: it completes the keys, or can lead to a destination of the keypad. */
const isDecisive = ({ digits, keypad }: CallState, digit: string): boolean =>
  digit === '#' || digit === '*' || Object.keys(keypad).some((keys) => keys.startsWith(digits + digit))

const forStorage = (event: CallEvent, before: CallState): CallEvent => {
  if (event.type !== 'digitPressed') return inEvent(event, withoutWords)
  return isDecisive(before, event.digit) ? event : { ...event, digit: MASK }
}

/**
 * The text of a log file for storage: without words, and with only those keys that a decision depended on. It replays to the
 * same decisions. Yields to the event loop in between, which carries the audio of other calls.
 */
export const storableLog = async (head: LogHead, { lines, truncated }: RecordedEvents): Promise<string> => {
  const stored: string[] = []
  let state: CallState | undefined
  for (const [index, line] of lines.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- yields to the event loop
    if (index % AT_ONCE === AT_ONCE - 1) await letOthersRun()
    const entry = JSON.parse(line) as LogEntry
    state ??= initialState(settingsOf({ entries: [entry] }))
    stored.push(JSON.stringify({ ...entry, event: forStorage(entry.event, state) }))
    ;[state] = reduce(state, entry.event)
  }
  return logText(head, stored, truncated)
}

/** Fields whose texts are constants of ours, listed in the types. */
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

/** Fields that hold names and ids, by the kind of stand-in they get. */
const NAMES: Readonly<Record<string, string>> = {
  route: 'route',
  afterHours: 'route',
  label: 'label',
  name: 'name',
  room: 'name',
  toolCallId: 'tool',
  itemId: 'item',
}

/** Replaces each distinct text by its own stand-in, always the same one. */
const createStandIns = (make: (count: number, text: string) => string): ((text: string) => string) => {
  const known = new Map<string, string>()
  return (text) => {
    const found = known.get(text) ?? make(known.size + 1, text)
    known.set(text, found)
    return found
  }
}

/**
 * The log for sharing: numbers, names and ids are replaced consistently by stand-ins, words are removed. It replays to the
 * same decisions; masking it once more changes nothing. Throws `log_invalid`.
 */
export const shareableLog = ({ truncated, entries }: EventLog): EventLog => {
  const names = Object.fromEntries(
    [...new Set(Object.values(NAMES))].map((kind) => [kind, createStandIns((count) => `${kind}-${count}`)]),
  )
  // The range reserved for fiction.
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
  // Only the known fields are copied, in case the file was edited.
  const shared = [...replay({ entries })].map(({ entry: { atMs, event, does, phase }, before }) => ({
    atMs,
    event: inEvent(forStorage(event, before), mask),
    ...(does ? { does } : {}),
    ...(phase ? { phase } : {}),
  }))
  return { version: LOG_VERSION, ...(truncated ? { truncated } : {}), entries: shared }
}
