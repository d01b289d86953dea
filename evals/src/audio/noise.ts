import { decodeUlaw, encodeUlaw, rms, speak, type Voice } from '@llc-phone/sim'
import type { noises } from '../situation.ts'

const RATE = 8_000

/** The same noise in every run, so that runs can be compared. */
const randomFrom = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 31 - 1
  }
}

const samples = (ms: number, at: (index: number) => number): Int16Array =>
  Int16Array.from({ length: Math.round((ms * RATE) / 1_000) }, (_, index) => Math.round(at(index) * 32_767))

/** Two short bursts of breath. */
const cough = (ms: number): Int16Array => {
  const random = randomFrom(1)
  const burst = RATE * 0.28
  return samples(ms, (index) =>
    index % (RATE * 0.4) < burst ? random() * 0.35 * Math.exp(-(index % (RATE * 0.4)) / 900) : 0,
  )
}

/** A voice without words that rises and falls. */
const crying = (ms: number): Int16Array => {
  let phase = 0
  return samples(ms, (index) => {
    const pitch = 480 + 140 * Math.sin((2 * Math.PI * index) / (RATE * 0.7))
    phase += (2 * Math.PI * pitch) / RATE
    return (
      (Math.sin(phase) + 0.4 * Math.sin(2 * phase)) * 0.15 * Math.max(0, Math.sin((2 * Math.PI * index) / (RATE * 1.4)))
    )
  })
}

const tone = (ms: number): Int16Array => samples(ms, (index) => 0.3 * Math.sin((2 * Math.PI * 1_000 * index) / RATE))

const TALK: readonly (readonly [Voice, string])[] = [
  [
    'awb',
    'And now the weather for the weekend, with clouds in the north and a light wind from the west towards the evening.',
  ],
  ['kal16', 'The second half has begun, and the home team is looking for a way through on the left side of the field.'],
  [
    'slt',
    'Stay tuned for more after the break, when we will look at the best recipes for a quick dinner with friends.',
  ],
]

/** Several people who talk at once, somewhere else. */
const babble = async (ms: number): Promise<Int16Array> => {
  const voices = await Promise.all(TALK.map(async ([voice, text]) => decodeUlaw(await speak(text, voice))))
  return samples(
    ms,
    (index) => voices.reduce((sum, voice) => sum + (voice[index % voice.length] ?? 0) / 32_768, 0) * 0.3,
  )
}

/** A noise as μ-law. */
export const soundOf = async (kind: keyof typeof noises, ms: number): Promise<Buffer> => {
  const makers = { cough, child: crying, tone, television: babble }
  return encodeUlaw(await makers[kind](ms))
}

/** Speech with people talking behind it, `db` quieter than it is. */
export const inNoise = async (speech: Buffer, db: number): Promise<Buffer> => {
  const words = decodeUlaw(speech)
  const behind = await babble((words.length / RATE) * 1_000)
  const share = rms(words) / Math.max(1e-6, rms(behind)) / 10 ** (db / 20)
  return encodeUlaw(
    words.map((sample, index) =>
      Math.max(-32_768, Math.min(32_767, Math.round(sample + (behind[index] ?? 0) * share))),
    ),
  )
}
