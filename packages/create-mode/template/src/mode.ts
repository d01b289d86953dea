import {
  checkSettings,
  defineMode,
  fillIn,
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
  const { business, answers = [], routes, ...options } = settings
  const language = languageOf(settings)
  const transfers = Object.keys(routes).length > 0
  return defineMode({
    ...options,
    name: 'sample',
    language,
    prompt: sampleModePrompt(business, answers, transfers),
    greeting: () => fillIn(wordsIn(language).greetings.csr, { business: business.name }),
    routes,
    tools: [
      openingHours(business),
      ...(transfers ? [transferTool(routes, { timeZone: business.timeZone })] : []),
      keepListeningTool(),
      hangUpTool(),
    ],
  })
}
