import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { z } from 'zod'
import {
  defineMode,
  defineTool,
  fixed,
  hangUpTool,
  promptSizeLine,
  promptSizeOf,
  transferTool,
  e164,
  type ModeDefinition,
} from '../src/index.ts'
import { toolTokensOf, tokensOf } from '../src/testing/count-tokens.ts'

const packages = new URL('../../', import.meta.url)
const prompts = globSync('mode-*/test/golden/*.txt', { cwd: packages }).map(
  (file) => [file, readFileSync(new URL(file, packages), 'utf8')] as const,
)

it.each<readonly [string, string]>([
  ...prompts,
  [
    'German',
    'Guten Tag, hier spricht die Assistentin der Zahnarztpraxis. Wie kann ich Ihnen weiterhelfen? Möchten Sie einen Termin verschieben?',
  ],
])('the estimate is within a tenth of what a tokenizer counts: %s', (_name, text) => {
  const { instructions } = promptSizeOf({ fixedInstructions: text, tools: [] })
  expect(Math.abs(instructions / tokensOf(text) - 1)).toBeLessThan(0.1)
})

it('and so it is for tools', () => {
  const tool = defineTool({
    name: 'take_message',
    description:
      'Takes a message for somebody of the office. Read it back first, and take it once the caller has said yes.',
    input: z.strictObject({
      text: z.string().max(2_000).describe('The message in the words of the caller.'),
      urgency: z.enum(['normal', 'urgent']).optional().describe('Urgent only if the caller says so.'),
    }),
    run: () => 'done',
  })
  const { tools } = promptSizeOf({ fixedInstructions: '', tools: [tool] })
  expect(Math.abs(tools / toolTokensOf([tool]) - 1)).toBeLessThan(0.1)
})

it('is written in a line, with what comes before the greeting', () => {
  const routes = { sales: { number: e164('+14155550111'), label: 'sales' } }
  const desk: ModeDefinition<undefined> = {
    name: 'desk',
    prompt: [fixed('Role', 'x'.repeat(4_200))],
    greeting: 'Hello, this is an AI assistant.',
    routes,
    tools: [transferTool(routes), hangUpTool()],
  }
  expect(promptSizeLine('frontDesk', defineMode(desk))).toMatch(
    /^frontDesk: 1,00\d tokens of prompt, \d{3} of 2 tools$/,
  )
  expect(promptSizeLine('frontDesk', defineMode({ ...desk, openingTools: [] }))).toMatch(
    /of 2 tools \(\d{2,3} of 1 before the greeting\)$/,
  )
})
