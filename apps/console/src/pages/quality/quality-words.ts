import type { StageName } from './stages.ts'

/** Sentences of the page. */
export const words = {
  title: 'Quality',
  none: 'No call is over in this time. Test calls are not counted, nor are those of a simulated carrier.',
  tooFew: (least: number) => `Days with fewer than ${least} calls have no percentiles: the line has a gap there.`,
  transcripts: 'What the carrier takes is not known here.',
  notMeasured: 'Nothing of it was measured in this time.',
  noProblems: 'No call had a problem.',
} as const

/** What a stage is called. */
export const stageWords: Readonly<Record<StageName, string>> = {
  first_words: 'First words',
  speech_end_to_frame: 'Answer after the caller',
  speech_start_to_clear: 'Silent after an interruption',
  tool_to_output: 'Tools',
  webhook_to_answer: 'Answering the carrier',
  webhook_to_model_configured: 'Model ready',
}

/** How calls ended, in groups. */
export const outcomeWords = {
  toTheEnd: 'To the end',
  handedOver: 'Handed over',
  notReached: 'Not reached',
  wentWrong: 'Went wrong',
} as const

/** What was paid for. */
export const partWords = {
  audioOut: 'Model’s voice',
  audioIn: 'Caller’s voice',
  textIn: 'Text read',
  textOut: 'Text written',
  cachedIn: 'Read from the cache',
  transcripts: 'Transcripts',
} as const
