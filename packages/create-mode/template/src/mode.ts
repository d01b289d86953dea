import {
  answerTools,
  checkSettings,
  defineMode,
  hangUpTool,
  keepListeningTool,
  transferTool,
  type Mode,
} from '@llc-phone/core'
import { sampleModePrompt } from './prompt.ts'
import { settingsSchema, type SampleModeSettings } from './settings.ts'
import { openingHours } from './tools/opening-hours.ts'

/** Answers as sample. Throws `mode_invalid`. */
export const sampleMode = (settings: SampleModeSettings): Mode => {
  checkSettings('sample', settingsSchema, settings)
  const { business, answers = [], routes, tellsOpening = true, ...options } = settings
  const transfers = Object.keys(routes).length > 0
  return defineMode({
    ...options,
    name: 'sample',
    business,
    prompt: sampleModePrompt(business, answers, transfers),
    greeting: options.greeting ?? 'Thank you for calling {business}. This is the AI assistant. How may I help you?',
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
