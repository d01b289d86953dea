/** Text to speech without a network: real voices at telephone quality. */
import { createWorkerCalls } from './worker-calls.ts'

/** The voices there are: `slt` is a woman, the others are men; `kal` is the oldest and roughest. */
export const voices = ['slt', 'rms', 'awb', 'kal16', 'kal'] as const

/** One of the synthesised voices. */
export type Voice = (typeof voices)[number]

/** Speaks text as 8 kHz μ-law without a header. */
export interface Speaker {
  speak(text: string, voice?: Voice): Promise<Buffer>
}

const CACHED_SENTENCES = 400
const LONGEST_TEXT = 2000

type AskWorker = (request: { text: string; voice: Voice }) => Promise<unknown>
const worker = new URL('./voice-worker.ts', import.meta.url)
const askNow: AskWorker = createWorkerCalls(worker)
// Dozens of templates must not stand in the way of the sentence somebody is waiting for.
const askLater: AskWorker = createWorkerCalls(worker)
const spoken = new Map<string, Promise<Buffer>>()

/** Speaks `text` as 8 kHz μ-law; the same text and voice give the same bytes, from memory the second time. Do not write into the answer. */
export const speak = (text: string, voice: Voice = 'slt'): Promise<Buffer> => speakBy(askNow, text, voice)

/** As `speak`, behind everything that is wanted at once. */
export const speakLater = (text: string, voice: Voice): Promise<Buffer> => speakBy(askLater, text, voice)

function speakBy(ask: AskWorker, text: string, voice: Voice): Promise<Buffer> {
  const words = speakable(text)
  if (words === '') return Promise.resolve(Buffer.alloc(0))
  const key = `${voice} ${words}`
  const known = spoken.get(key)
  if (known) return known
  const speech = ask({ text: words, voice }).then((bytes) => Buffer.from(bytes as Uint8Array))
  spoken.set(key, speech)
  speech.catch(() => spoken.delete(key))
  if (spoken.size > CACHED_SENTENCES) spoken.delete(spoken.keys().next().value!)
  return speech
}

/** A speaker with a voice of its own: `slt` for the assistant unless told otherwise. */
export const createVoice = (ownVoice: Voice = 'slt'): Speaker => ({
  speak: (text, voice = ownVoice) => speak(text, voice),
})

/** The voices read ASCII only: accents go, typographic marks become plain ones, anything else a space. */
const speakable = (text: string): string =>
  text
    .slice(0, LONGEST_TEXT)
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/[–—]/g, ', ')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
