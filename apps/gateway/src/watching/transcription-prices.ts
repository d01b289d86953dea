import { undated } from '../configuration/models.ts'

/** The price of transcription: US dollars for a minute of audio, and where it is billed so, for a million tokens. */
export interface TranscriptionPrice {
  readonly minute: number
  readonly tokens?: { readonly textInput: number; readonly audioInput: number; readonly textOutput: number }
}

/** From OpenAI's models and pricing pages (November 2026). */
const prices: Readonly<Record<string, TranscriptionPrice>> = {
  'gpt-transcribe': { minute: 0.0045 },
  'gpt-live-transcribe': { minute: 0.017 },
  'gpt-realtime-whisper': { minute: 0.017 },
  'whisper-1': { minute: 0.006 },
  'gpt-4o-transcribe': { minute: 0.006, tokens: { textInput: 2.5, audioInput: 6, textOutput: 10 } },
  'gpt-4o-transcribe-diarize': { minute: 0.006, tokens: { textInput: 2.5, audioInput: 6, textOutput: 10 } },
  'gpt-4o-mini-transcribe': { minute: 0.003, tokens: { textInput: 1.25, audioInput: 3, textOutput: 5 } },
}

/** The estimate for a model without a published price: that of the most expensive known one. */
const ESTIMATE: TranscriptionPrice = { minute: 0.017 }

const known = (model: string): TranscriptionPrice | undefined =>
  Object.hasOwn(prices, undated(model)) ? prices[undated(model)] : undefined

/** The model's price; an estimate where it is not published. */
export const transcriptionPrice = (model: string): TranscriptionPrice => known(model) ?? ESTIMATE

/** Whether the model's price is an estimate. */
export const isEstimated = (model: string): boolean => known(model) === undefined
