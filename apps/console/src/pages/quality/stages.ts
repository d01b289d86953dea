/** Stages that the page compares, with how long each may take (ms); `undefined`: there is no budget. */
export const STAGES = {
  first_words: 1_000,
  speech_end_to_frame: 800,
  speech_start_to_clear: 100,
  tool_to_output: undefined,
  webhook_to_answer: 100,
  webhook_to_model_configured: 1_500,
} as const

/** The name of a stage in `GET /stats`. */
export type StageName = keyof typeof STAGES

/** The stage that a query string names; the first words for any other. */
export const stageIn = (text: string | undefined): StageName =>
  text !== undefined && Object.hasOwn(STAGES, text) ? (text as StageName) : 'first_words'
