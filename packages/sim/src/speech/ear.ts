/** Hears a fixed list of phrases in real telephone audio; anything else is not understood. */
import type { EarMatch, EarRequest } from './ear-worker.ts'
import type { CallerLine } from './caller-lines.ts'
import { speakLater, type Voice } from '@llc-phone/virtual-carrier/voice'
import { createWorkerCalls } from '@llc-phone/virtual-carrier/worker-calls'

/** A phrase that was recognised, in which words it was said if in others, and how much nearer it was than the next one (a ratio above 1). */
export interface Heard {
  phrase: string
  said?: string
  margin: number
}

/** Recognises its phrases, spoken by its voices, through 8 kHz μ-law. */
export interface Ear {
  hear(ulaw: Uint8Array): Promise<Heard | undefined>
  /** Forgets the templates. */
  close(): void
}

/** Which phrases an ear knows: one list for all voices, or a list per voice. */
export interface EarOptions {
  phrases: readonly string[] | Partial<Record<Voice, readonly string[]>>
  /** Default: `rms`, the caller's voice. */
  voices?: readonly Voice[]
  /** Other lines that its voices may speak, asked for at each utterance, and the phrase that a line means, if any. */
  lines?: { list(): readonly CallerLine[]; meaning(text: string): string | undefined }
}

// Measured: the same phrase in the same voice lies at 12 to 20, other phrases and other voices at 36 and more.
const NEAREST_ACCEPTED = 32
const MARGIN_ACCEPTED = 1.2
/** So many lines beside its phrases an ear keeps in mind. */
const MOST_LINES = 100

const ask: (request: EarRequest) => Promise<unknown> = createWorkerCalls(new URL('./ear-worker.ts', import.meta.url))
let ears = 0

/** Learns the phrases by having each voice speak them; resolves when it can hear. */
export async function createEar({ phrases, voices = ['rms'], lines }: EarOptions): Promise<Ear> {
  const ear = ++ears
  const lists: [Voice, readonly string[]][] = isList(phrases)
    ? voices.map((voice) => [voice, phrases])
    : (Object.entries(phrases) as [Voice, readonly string[]][])
  await Promise.all(
    lists.flatMap(([voice, list]) =>
      list.map(async (phrase) => ask({ kind: 'learn', ear, phrase, ulaw: await speakLater(phrase, voice) })),
    ),
  )
  const known = new Set<string>(lists.flatMap(([voice, list]) => list.map((phrase) => `${voice} ${phrase}`)))
  const learned = new Set<string>()
  const spoken: ReadonlySet<Voice> = new Set(lists.map(([voice]) => voice))

  /** A line that means a phrase is that phrase in another sound; one that means nothing stays unknown. */
  async function learnLines(): Promise<void> {
    for (const { text, voice } of lines?.list() ?? []) {
      const key = `${voice} ${text}`
      if (known.has(key) || learned.has(key) || !spoken.has(voice)) continue
      const phrase = lines?.meaning(text)
      if (phrase === undefined) continue
      if (learned.size >= MOST_LINES) {
        learned.clear()
        await ask({ kind: 'forgetLines', ear })
      }
      learned.add(key)
      await ask({ kind: 'learn', ear, phrase, said: text, ulaw: await speakLater(text, voice) })
    }
  }

  return {
    async hear(ulaw) {
      await learnLines()
      const match = (await ask({ kind: 'match', ear, ulaw })) as EarMatch | undefined
      if (!match || match.distance > NEAREST_ACCEPTED) return undefined
      const margin = match.nextDistance / match.distance
      return margin < MARGIN_ACCEPTED
        ? undefined
        : { phrase: match.phrase, ...(match.said && { said: match.said }), margin }
    },
    close() {
      // A worker that is gone has forgotten already.
      ask({ kind: 'forget', ear }).catch(() => undefined)
    },
  }
}

const isList = (phrases: EarOptions['phrases']): phrases is readonly string[] => Array.isArray(phrases)
