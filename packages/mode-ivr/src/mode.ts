import {
  answerTools,
  checkSettings,
  defineMode,
  hangUpTool,
  keepListeningTool,
  isPerson,
  languageOf,
  transferTool,
  warmTransferTool,
  wordsIn,
  type Mode,
} from '@llc-phone/core'
import { layOutMenu } from './menu.ts'
import { ivrPrompt } from './prompt.ts'
import { ivrSettingsSchema, type IvrSettings } from './settings.ts'
import { reportUnclear, type IvrKnown } from './tools/report-unclear.ts'

/**
 * Answers with a spoken menu and connects the caller with a department, by voice or by key. Throws `mode_invalid`.
 *
 * @example
 * ivr({
 *   business: { name: 'Harbor Dental', timeZone: 'America/New_York' },
 *   departments: {
 *     sales: { number: e164('+14155550111'), label: 'the sales team', synonyms: ['orders'] },
 *     billing: { number: e164('+14155550113'), label: 'the billing department', hours: { mon: '09:00-17:00' } },
 *   },
 *   operator: 'sales',
 *   voicemail: true,
 * })
 */
export const ivr = (settings: IvrSettings): Mode => {
  checkSettings('ivr', ivrSettingsSchema, settings)
  const { business, answers, departments, routes, operator, voicemail, ...options } = settings
  const language = languageOf(settings)
  const { greetings, labels } = wordsIn(language)
  const menu = layOutMenu({ departments, routes, operator, voicemail }, labels)
  const transfer = transferTool(menu.routes, { business, tellsClosed: true })
  const people = menu.lines.some(({ route }) => isPerson(route))
  return defineMode<IvrKnown>({
    ...options,
    name: 'ivr',
    business,
    language,
    // The task is simple, and every caller waits for the answer: low effort.
    suits: { effort: 'minimal' },
    keywords: [business.name, ...menu.lines.flatMap(({ route, synonyms }) => [route.label, ...synonyms])],
    keypad: menu.keypad,
    lookUp: { find: async () => ({ unclear: 0 }), orElse: () => ({ unclear: 0 }) },
    memory: {
      save: (known) => known,
      restore: (saved) => ({ unclear: Number((saved as { unclear: unknown }).unclear) || 0 }),
    },
    prompt: ivrPrompt(business, menu, answers),
    greeting: options.greeting ?? greetings.ivr,
    routes: menu.routes,
    tools: [
      transfer,
      ...(people ? [warmTransferTool(menu.routes, { business })] : []),
      ...answerTools(answers),
      reportUnclear(menu, transfer),
      keepListeningTool(),
      hangUpTool(),
    ],
  })
}
