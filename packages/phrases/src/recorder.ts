import { ULAW_BYTES_PER_MS, type Clock, type ModelProvider, type PhraseKey, type RecordedPhrase } from '@llc-phone/core'
import { sameWords } from './same-words.ts'
import { phraseWordsIn } from './shipped.ts'
import { openStudio, type Studio, type Take } from './studio.ts'
import { trimSilence } from './ulaw.ts'

const TRIES = 2
const SHORTEST_MS = 300
const LONGEST_MS = 6_000
const NO_WORDS = 'There are no words for it in this language.'

/** The phrases to record, and the voice. */
export interface RecordingRequest {
  readonly provider: ModelProvider
  readonly clock: Clock
  readonly model: string
  readonly voice: string
  readonly language: string
  readonly keys: readonly PhraseKey[]
  /** Aborts the recording. */
  readonly signal?: AbortSignal
}

/** The result; every phrase is in one of the two lists. */
export interface RecordingOutcome {
  readonly recorded: readonly RecordedPhrase[]
  readonly failed: readonly { readonly key: PhraseKey; readonly problem: string }[]
}

const nameOf = (language: string): string => {
  try {
    return new Intl.DisplayNames(['en'], { type: 'language' }).of(language) ?? language
  } catch {
    return language
  }
}

const instructionsIn = (language: string): string =>
  `You record announcements for a telephone line, in ${nameOf(language)}. Say exactly the words you are given, calmly and in a friendly voice, and nothing else: no greeting, no comment, no question of your own.`

/** The speech of a take that can be played to callers, or a message if it cannot. */
const accept = ({ outcome, audio, transcript }: Take, text: string): Buffer | string => {
  if (outcome !== 'completed') return `The reply was ${outcome}.`
  if (!sameWords(transcript, text)) return 'Other words were spoken.'
  const speech = trimSilence(audio)
  if (!speech) return 'Nothing can be heard in it.'
  const durationMs = speech.length / ULAW_BYTES_PER_MS
  if (durationMs < SHORTEST_MS || durationMs > LONGEST_MS) return `It lasts ${durationMs} ms.`
  return speech
}

/** The speech of the first good take, or the message about the last one. */
const take = async (studio: Studio, text: string, triesLeft = TRIES): Promise<Buffer | string> => {
  const result = accept(await studio.say(`Say exactly: "${text}"`), text)
  return typeof result === 'string' && triesLeft > 1 ? take(studio, text, triesLeft - 1) : result
}

/**
 * Has the model's voice speak phrases, over one connection and with two tries for each. Words and audio are checked, because a
 * wrong word would be played to callers for months. Never rejects; stops when the server does not answer.
 */
export const recordPhrases = async (request: RecordingRequest): Promise<RecordingOutcome> => {
  const { provider, clock, model, voice, language, keys, signal } = request
  const phrases = phraseWordsIn(language)
  if (!phrases) return { recorded: [], failed: keys.map((key) => ({ key, problem: NO_WORDS })) }
  const recorded: RecordedPhrase[] = []
  const failed: { key: PhraseKey; problem: string }[] = []
  let studio: Studio | undefined
  try {
    const instructions = instructionsIn(language)
    const wishes = { set: { transcription: 'off' }, suits: {}, keywords: [] } as const
    const config = { instructions, voice, tools: [], turnDetection: { kind: 'none' }, wishes } as const
    studio = openStudio({ provider, clock, config, signal })
    await studio.ready()
    for (const key of keys) {
      const text = phrases[key]
      // oxlint-disable-next-line no-await-in-loop -- one conversation, one sentence at a time
      const speech = await take(studio, text)
      if (typeof speech === 'string') failed.push({ key, problem: speech })
      else
        recorded.push({
          key,
          voice,
          language,
          model,
          text,
          payload: speech.toString('base64'),
          recordedAt: clock.date(),
        })
    }
  } catch (error) {
    const done = new Set([...recorded, ...failed].map(({ key }) => key))
    const problem = error instanceof Error ? error.message : String(error)
    failed.push(...keys.filter((key) => !done.has(key)).map((key) => ({ key, problem })))
  }
  studio?.close()
  return { recorded, failed }
}
