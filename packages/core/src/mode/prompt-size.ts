import type { ToolSpec } from '../model.ts'
import type { Mode } from './mode.ts'

/** Characters of European prose, and of tools as JSON, that make a token of today's models; measured on the modes shipped here. */
const CHARS_PER_TOKEN = 4.2

/** How much of a prompt is the same on every call, in tokens. An estimate: to count exactly takes tables larger than the gateway. */
export interface PromptSize {
  readonly instructions: number
  readonly tools: number
}

const tokens = (text: string): number => Math.round(text.length / CHARS_PER_TOKEN)

const shown = ({ name, description, parameters }: ToolSpec): ToolSpec => ({ name, description, parameters })

/** The estimated size of a mode's fixed sections and of all its tools, within a tenth for English, German or Spanish. */
export const promptSizeOf = ({ fixedInstructions, tools }: Pick<Mode, 'fixedInstructions' | 'tools'>): PromptSize => ({
  instructions: tokens(fixedInstructions),
  tools: tokens(JSON.stringify(tools.map(shown))),
})
