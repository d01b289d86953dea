import {
  answerTools,
  checkSettings,
  defineMode,
  hangUpTool,
  keepListeningTool,
  languageOf,
  transferTool,
  wordsIn,
  type Mode,
} from '@llc-phone/core'
import { sampleModePrompt } from './prompt.ts'
import { settingsSchema, type SampleModeSettings } from './settings.ts'
import { openingHours } from './tools/opening-hours.ts'

/** Answers as sample. Throws `mode_invalid`. */
export const sampleMode = (settings: SampleModeSettings): Mode => {
  checkSettings('sample', settingsSchema, settings)
  const { business, answers = [], routes, tellsOpening = true, ...options } = settings
  const language = languageOf(settings)
  const transfers = Object.keys(routes).length > 0
  return defineMode({
    ...options,
    name: 'sample',
    business,
    language,
    prompt: sampleModePrompt(business, answers, transfers),
    greeting: options.greeting ?? wordsIn(language).greetings.csr,
    routes,
    tools: [
      openingHours(business, { tellsOpening }),
      ...answerTools(answers),
      ...(transfers ? [transferTool(routes, { business })] : []),
      keepListeningTool(),
      hangUpTool(),
    ],
  })
}
