import {
  base64Bytes,
  ULAW_BYTES_PER_MS,
  type Clock,
  type GreetingBook,
  type RecordedGreeting,
  type SpokenGreeting,
} from '@llc-phone/core'
import { checkGreeting, createRecordedGreetings, isPlayable, type Speaker } from '@llc-phone/phrases'
import type { GreetingArchive } from '@llc-phone/store'
import type { Logger } from 'pino'
import { describeCause } from '../watching/describe-cause.ts'

/** A recorded greeting as an operator sees it. */
export interface ListedGreeting extends Omit<RecordedGreeting, 'payload'> {
  readonly durationMs: number
}

/** The gateway's recorded greetings. */
export interface Greetings {
  readonly book: GreetingBook
  /** The oldest first; those of earlier prompts and models are listed too, until others replace them. */
  list(): readonly ListedGreeting[]
  /** Removes a recording: the model speaks that greeting in the next call. `false`: there is none with this id. */
  remove(id: string): Promise<boolean>
  /** Waits for what is being stored. */
  stop(): Promise<void>
}

/** What the greetings need. */
export interface GreetingsOptions extends Speaker {
  readonly archive: GreetingArchive
  readonly clock: Pick<Clock, 'date'>
  readonly log: Logger
}

/** Greetings that were refused are named in the log once each; this many are remembered. */
const MAX_REFUSED = 100

/** Loads every recording into memory, so that no call waits for the disk. */
export const openGreetings = async ({ archive, clock, log, ...speaker }: GreetingsOptions): Promise<Greetings> => {
  // Without a database the model speaks every greeting, and what is recorded meanwhile lasts as long as this process.
  const kept = await archive.list().catch((error: unknown) => {
    log.warn(
      describeCause(error),
      'recorded greetings could not be read: the model speaks them until they are recorded again',
    )
    return []
  })
  const playable = kept.filter(isPlayable)
  if (playable.length < kept.length)
    log.warn(
      { greetings: kept.length - playable.length },
      'recorded greetings are damaged: the model speaks them until they are recorded again',
    )
  const recordings = createRecordedGreetings(speaker, playable)
  /** Ids that are being stored. */
  const storing = new Map<string, Promise<void>>()
  const refused = new Set<string>()

  const refuse = (id: string, mode: string, reason: string): void => {
    if (refused.has(id)) return
    if (refused.size >= MAX_REFUSED) refused.clear()
    refused.add(id)
    log.warn({ mode, reason }, 'greeting not recorded: the model speaks it in every call until a take is good')
  }

  const keep = async (greeting: RecordedGreeting): Promise<void> => {
    const { payload: _, text: _text, recordedAt: _at, ...shown } = greeting
    try {
      // Stored before it is played, so that a restart does not lose it.
      await archive.keep(greeting)
      const replaced = recordings.add(greeting)
      log.info(shown, 'greeting recorded: it is played from the next call on')
      await Promise.all(replaced.map((id) => archive.remove(id)))
    } catch (error) {
      log.warn({ ...shown, ...describeCause(error) }, 'recorded greeting could not be kept')
    } finally {
      storing.delete(greeting.id)
    }
  }

  const offer = (spoken: SpokenGreeting): void => {
    const id = recordings.idOf(spoken)
    if (storing.has(id) || recordings.find(spoken)) return
    const speech = checkGreeting(spoken)
    if (typeof speech === 'string') return refuse(id, spoken.mode, speech)
    const { mode, promptVersion, voice, text } = spoken
    const payload = speech.toString('base64')
    const recordedAt = clock.date()
    storing.set(id, keep({ id, mode, promptVersion, voice, text, payload, recordedAt, model: speaker.model }))
  }

  return {
    book: { find: recordings.find, offer },
    list: () =>
      recordings.list().map(({ payload, ...greeting }) => ({
        ...greeting,
        durationMs: base64Bytes(payload) / ULAW_BYTES_PER_MS,
      })),
    async remove(id) {
      await storing.get(id)
      const isPlayed = recordings.list().some((each) => each.id === id)
      // First here: callers must not hear it any more, whatever the database does.
      recordings.remove(id)
      return (await archive.remove(id)) || isPlayed
    },
    async stop() {
      await Promise.all(storing.values())
    },
  }
}
