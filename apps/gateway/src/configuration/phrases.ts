import {
  base64Bytes,
  phraseKeys,
  ULAW_BYTES_PER_MS,
  type Clock,
  type ModelProvider,
  type PhraseBook,
  type PhraseKey,
} from '@llc-phone/core'
import { createPhraseBook, recordPhrases, type RecordingOutcome } from '@llc-phone/phrases'
import type { PhraseArchive } from '@llc-phone/store'
import type { Logger } from 'pino'
import { describeCause } from '../watching/describe-cause.ts'

/** A phrase as callers hear it, and its recording. */
export interface ListedPhrase {
  readonly voice: string
  readonly language: string
  readonly key: PhraseKey
  readonly text: string
  readonly durationMs: number
  /** Absent while the shipped recording is played. */
  readonly recorded?: { readonly at: Date; readonly model: string }
}

/** A voice, and what it speaks. */
export interface Speaker {
  readonly voice: string
  readonly language: string
}

/** The phrases to record. */
export interface RecordingOrder extends Speaker {
  /** Whether to record existing ones again. */
  readonly again?: boolean
}

/** The gateway's phrases: which ones calls play, and recording them. */
export interface Phrases {
  readonly book: PhraseBook
  /** The voices of all calls, the default one first. */
  readonly voices: readonly string[]
  /** Every phrase of these voices in the languages they speak, and of others that were recorded. */
  list(): readonly ListedPhrase[]
  /** Records phrases, one order at a time. Good ones are stored and played from then on. Rejects only when storing fails. */
  record(order: RecordingOrder): Promise<RecordingOutcome>
  /** Records the missing phrases of these voices, in the languages they speak, one voice at a time. Never rejects: failures are logged. */
  recordMissing(): Promise<void>
  /** Aborts a recording. */
  stop(): Promise<void>
}

/** What the phrases need. */
export interface PhrasesOptions {
  readonly archive: PhraseArchive
  readonly provider: ModelProvider
  readonly model: string
  readonly clock: Clock
  readonly log: Logger
  /** Who speaks on calls by the settings in force, the default voice first; some of them twice. */
  speakers(): readonly Speaker[]
}

/** Loads every recording into memory, so that a call in trouble does not wait for the disk. */
export const openPhrases = async (options: PhrasesOptions): Promise<Phrases> => {
  const { archive, provider, model, clock, log } = options
  const nameOf = ({ voice, language }: Speaker): string => `${voice} ${language}`
  const speakers = (): Map<string, Speaker> => new Map(options.speakers().map((each) => [nameOf(each), each]))
  // Without a database, calls play the shipped recordings.
  const recordings = await archive.list().catch((error: unknown) => {
    log.warn(describeCause(error), 'recorded phrases could not be read: callers hear the shipped voice')
    return []
  })
  const book = createPhraseBook(recordings)
  const places = new Map(recordings.map(({ voice, language }) => [nameOf({ voice, language }), { voice, language }]))
  const stopping = new AbortController()
  let last: Promise<unknown> = Promise.resolve()

  const recordNow = async ({ voice, language, again = false }: RecordingOrder): Promise<RecordingOutcome> => {
    const keys = phraseKeys.filter((key) => again || !book.recorded(key, voice, language))
    if (keys.length === 0 || stopping.signal.aborted) return { recorded: [], failed: [] }
    const { signal } = stopping
    const outcome = await recordPhrases({ provider, clock, model, voice, language, keys, signal })
    for (const phrase of outcome.recorded) {
      // oxlint-disable-next-line no-await-in-loop -- stored before it is played, so that a restart does not lose it
      await archive.keep(phrase)
      book.add(phrase)
      places.set(nameOf({ voice, language }), { voice, language })
    }
    if (outcome.recorded.length > 0)
      log.info({ voice, language, phrases: outcome.recorded.map(({ key }) => key) }, 'phrases recorded')
    if (outcome.failed.length > 0)
      log.warn(
        { voice, language, phrases: outcome.failed.map(({ key }) => key), reason: outcome.failed[0]?.problem },
        'phrases not recorded: callers hear the shipped voice until ./phone phrases record or the next start succeeds',
      )
    return outcome
  }

  const record: Phrases['record'] = (order) => {
    const turn = last.then(() => recordNow(order))
    last = turn.catch(() => undefined)
    return turn
  }

  const listed = (): Iterable<Speaker> => new Map([...places, ...speakers()]).values()

  return {
    book,
    get voices() {
      return [...new Set(options.speakers().map(({ voice }) => voice))]
    },
    record,
    list: () =>
      [...listed()].flatMap(({ voice, language }) =>
        phraseKeys.map((key): ListedPhrase => {
          const { text, payload } = book.find(key, voice, language)
          const recorded = book.recorded(key, voice, language)
          return {
            voice,
            language,
            key,
            text,
            durationMs: base64Bytes(payload) / ULAW_BYTES_PER_MS,
            ...(recorded ? { recorded: { at: recorded.recordedAt, model: recorded.model } } : {}),
          }
        }),
      ),
    async recordMissing() {
      await Promise.all(
        Array.from(speakers().values(), ({ voice, language }) =>
          record({ voice, language }).catch((error: unknown) =>
            log.warn({ voice, language, ...describeCause(error) }, 'recorded phrases could not be kept'),
          ),
        ),
      )
    },
    async stop() {
      stopping.abort()
      await last
    },
  }
}
