import type { Mode } from '../mode/mode.ts'
import { toolTokensOf, tokensOf } from './count-tokens.ts'
import { briefAll, parametersOf, type ModeFixtures } from './mode-fixtures.ts'

/** The golden file of a mode: greeting, prompt and tools of the first call of the fixtures, with their sizes. */
export const renderGolden = async (mode: Mode, fixtures: ModeFixtures): Promise<string> => {
  const [briefing] = await briefAll(mode, fixtures)
  const { instructions, greeting } = briefing!
  const tools = mode.tools.map((tool) => {
    const { properties = {}, required = [] } = parametersOf(tool)
    const fields = Object.entries(properties).map(([name, { description, enum: choices, type }]) => {
      const what = [choices ? choices.join(' | ') : type, description].filter(Boolean).join(' · ')
      return `  ${name}${required.includes(name) ? '' : '?'}: ${what}`
    })
    return [
      `${tool.name} (${tool.effect}${tool.opening ? '' : ', after the greeting'})`,
      tool.description,
      ...fields,
    ].join('\n')
  })
  return [
    `${mode.name}: ${tokensOf(instructions)} tokens of prompt, ${toolTokensOf(mode.tools)} tokens of ${mode.tools.length} tools`,
    ...(greeting === undefined ? [] : [`Greeting: ${greeting}`]),
    instructions,
    '---- tools ----',
    ...tools,
    '',
  ].join('\n\n')
}
