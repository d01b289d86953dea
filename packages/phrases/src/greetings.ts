import { createHash } from 'node:crypto'
import {
  base64Bytes,
  FRAME_BYTES,
  ULAW_BYTES_PER_MS,
  type Phrase,
  type RecordedGreeting,
  type SpokenGreeting,
  type WantedGreeting,
} from '@llc-phone/core'
import { sameWords } from './same-words.ts'
import { trimSilence } from './ulaw.ts'

const SHORTEST_MS = 500
const LONGEST_MS = 20_000
/** Recordings of one mode instance in one voice: greetings for parts of the day or week. A later one replaces the oldest. */
const MAX_OF_INSTANCE = 8
/** Recordings in all; each takes some 50 KB of memory. */
const MAX_IN_ALL = 100

/** The model that speaks, and where it is reached. */
export interface Speaker {
  readonly model: string
  /** URL and dialect of the server, in any form. */
  readonly server: string
}

/** The recordings in memory. */
export interface RecordedGreetings {
  /** The id of the greeting: another one when words, voice, prompt, tuning, model or server are. */
  idOf(wanted: WantedGreeting): string
  find(wanted: WantedGreeting): Phrase | undefined
  /** Adds a recording. Returns the ids of those that it replaces, which are gone. */
  add(greeting: RecordedGreeting): readonly string[]
  remove(id: string): void
  /** The oldest first. */
  list(): readonly RecordedGreeting[]
}

/** The speech that can be played to callers, or a sentence that says why not: a wrong word would be heard for months. */
export const checkGreeting = ({ text, transcript, audio }: SpokenGreeting): Buffer | string => {
  if (!sameWords(transcript, text)) return 'Other words were spoken.'
  const speech = trimSilence(audio)
  if (!speech) return 'Nothing can be heard in it.'
  const durationMs = speech.length / ULAW_BYTES_PER_MS
  return durationMs < SHORTEST_MS || durationMs > LONGEST_MS ? `It lasts ${durationMs} ms.` : speech
}

/** Whether stored audio can be a recording that was kept here: one that was cut off would be played to everybody. */
export const isPlayable = ({ text, payload }: Pick<RecordedGreeting, 'text' | 'payload'>): boolean => {
  const bytes = base64Bytes(payload)
  const durationMs = bytes / ULAW_BYTES_PER_MS
  return text !== '' && bytes % FRAME_BYTES === 0 && durationMs >= SHORTEST_MS && durationMs <= LONGEST_MS
}

/** Recorded greetings in memory, the oldest first; bounded, because a greeting that tells the time is never said twice. */
export const createRecordedGreetings = (
  { model, server }: Speaker,
  recordings: Iterable<RecordedGreeting> = [],
): RecordedGreetings => {
  const byId = new Map<string, RecordedGreeting>()

  const idOf = ({ mode, promptVersion, tuning, voice, text }: WantedGreeting): string => {
    // What the caller says is transcribed beside the conversation: no part of how the model sounds.
    const { transcription: _, ...heard } = tuning
    const key = [
      mode,
      promptVersion,
      Object.entries(heard).toSorted(([one], [other]) => (one < other ? -1 : 1)),
      voice,
      text,
      model,
      server,
    ]
    return createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 16)
  }

  const isOfInstance = (one: RecordedGreeting, other: RecordedGreeting): boolean =>
    one.mode === other.mode && one.promptVersion === other.promptVersion && one.voice === other.voice

  const add = (greeting: RecordedGreeting): readonly string[] => {
    byId.delete(greeting.id)
    byId.set(greeting.id, greeting)
    const ofInstance = [...byId.values()].filter((each) => isOfInstance(each, greeting))
    const surplus = ofInstance.slice(0, Math.max(0, ofInstance.length - MAX_OF_INSTANCE)).map(({ id }) => id)
    for (const id of surplus) byId.delete(id)
    const oldest = [...byId.keys()].slice(0, Math.max(0, byId.size - MAX_IN_ALL))
    for (const id of oldest) byId.delete(id)
    return [...surplus, ...oldest]
  }
  for (const recording of recordings) add(recording)

  return {
    idOf,
    find: (wanted) => byId.get(idOf(wanted)),
    add,
    remove: (id) => void byId.delete(id),
    list: () => [...byId.values()],
  }
}
