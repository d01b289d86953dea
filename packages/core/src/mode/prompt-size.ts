import type { ToolSpec } from '../model.ts'
import type { Mode } from './mode.ts'

/** Characters of European prose, and of tools as JSON, that make a token of today's models; measured on the modes shipped here. */
const CHARS_PER_TOKEN = 4.2

/** The estimated size of a text, within a tenth for English, German or Spanish. To count exactly takes tables larger than the gateway. */
export const estimateTokens = (text: string): number => Math.round(text.length / CHARS_PER_TOKEN)

/** How much of a prompt is the same on every call, in tokens; an estimate. */
export interface PromptSize {
  readonly instructions: number
  readonly tools: number
  /** The part of the tools that is sent with the first session; the rest follows during the greeting. */
  readonly openingTools: number
}

const shown = ({ name, description, parameters }: ToolSpec): ToolSpec => ({ name, description, parameters })

const sizeOf = (tools: readonly ToolSpec[]): number => estimateTokens(JSON.stringify(tools.map(shown)))

/** The estimated size of a mode's fixed sections and of its tools. */
export const promptSizeOf = ({ fixedInstructions, tools }: Pick<Mode, 'fixedInstructions' | 'tools'>): PromptSize => ({
  instructions: estimateTokens(fixedInstructions),
  tools: sizeOf(tools),
  openingTools: sizeOf(tools.filter(({ opening }) => opening)),
})

/**
 * The size of an instance in one line: "frontDesk: 640 tokens of prompt, 1,210 of 9 tools (380 of 4 before the greeting)"; answers
 * that are looked up are named.
 */
export const promptSizeLine = (instance: string, mode: Pick<Mode, 'fixedInstructions' | 'tools'>): string => {
  const { instructions, tools, openingTools } = promptSizeOf(mode)
  const opening = mode.tools.filter((tool) => tool.opening).length
  const number = (tokens: number): string => tokens.toLocaleString('en-US')
  const early = opening < mode.tools.length ? ` (${number(openingTools)} of ${opening} before the greeting)` : ''
  const answers = mode.tools.some(({ name }) => name === 'look_up_answer') ? '; answers are looked up' : ''
  return `${instance}: ${number(instructions)} tokens of prompt, ${number(tools)} of ${mode.tools.length} tools${early}${answers}`
}
