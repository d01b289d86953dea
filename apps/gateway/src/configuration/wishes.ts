import { maskNumber, type E164, type ModelProfile, type ModelWishes, type RealtimeProvider } from '@llc-phone/core'
import type { Logger } from 'pino'
import type { Numbers } from './numbers.ts'
import type { OutboundModes } from './outbound.ts'

/** One kind of call, the model settings that it asks for, and its voice if it is not the default one. */
export interface KindOfCall {
  /** `menu on +1415•••0101`, `calls of outbound`. */
  readonly label: string
  readonly wishes: ModelWishes
  readonly voice?: string | undefined
}

const NOTHING: ModelWishes = { set: {}, suits: {}, keywords: [] }

/** Every kind of call in the configuration: to each number, to an unlisted number, and of each outbound mode. */
export const kindsOfCall = (numbers: Numbers, outbound: Pick<OutboundModes, 'list'>): KindOfCall[] => {
  const kindOf = (number: E164 | undefined, place: string): KindOfCall[] => {
    const { name, mode } = numbers.resolve(number)
    return mode ? [{ label: `${name} on ${place}`, wishes: mode.wishes, voice: mode.voice }] : []
  }
  return [
    ...numbers.list().flatMap(({ number }) => kindOf(number, maskNumber(number))),
    ...kindOf(undefined, 'any other number'),
    ...outbound.list().map(({ name, mode }) => ({
      label: `calls of ${name}`,
      wishes: mode.wishes ?? NOTHING,
      voice: mode.voice,
    })),
  ]
}

/** Logs each configured setting that is not sent to the model: once, and again only for another reason. */
export const createUntakenReport = (kinds: () => readonly KindOfCall[], provider: RealtimeProvider, log: Logger) => {
  const said = new Set<string>()
  return (): void => {
    for (const { label, wishes } of kinds())
      for (const { setting, why, isSet } of provider.profile(wishes).untaken) {
        const about = `${label} ${setting} ${why}`
        if (!isSet || said.has(about)) continue
        said.add(about)
        log.warn({ calls: label, setting, reason: why }, 'a setting of tuning is not sent to this model')
      }
  }
}

const plural = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** The settings sent to a model, in one line: `gpt-realtime 2: effort low, replies up to 1500 tokens, …`. */
export const profileText = ({ family, tuning, untaken }: ModelProfile): string => {
  const { effort, maxReplyTokens, parallelTools, memory, noiseReduction, transcription } = tuning
  const heard =
    transcription === undefined || transcription === 'off'
      ? 'transcription off'
      : [
          `transcription ${transcription.model}`,
          ...(transcription.languages ? [`in ${transcription.languages.join(', ')}`] : []),
          ...(transcription.keywords ? [`with ${plural(transcription.keywords.length, 'keyword')}`] : []),
        ].join(' ')
  const parts = [
    ...(effort === undefined ? [] : [`effort ${effort}`]),
    ...(maxReplyTokens === undefined
      ? []
      : [maxReplyTokens === 'unlimited' ? 'replies of any length' : `replies up to ${maxReplyTokens} tokens`]),
    ...(parallelTools === undefined ? [] : [parallelTools ? 'tools together' : 'one tool at a time']),
    ...(memory === undefined
      ? []
      : [
          `keeps ${Math.round((memory.keep ?? 1) * 100)} % when full`,
          ...(memory.maxTokens === undefined ? [] : [`remembers up to ${memory.maxTokens} tokens`]),
        ]),
    heard,
    `noise reduction ${noiseReduction ?? 'not set'}`,
    ...untaken.map(({ setting, why }) => `${setting} is not sent: ${why}`),
  ]
  return `${family}: ${parts.join(', ')}`
}
