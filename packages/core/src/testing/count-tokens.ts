import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import type { ToolSpec } from '../model.ts'

/** What the model reads of a text, in tokens of o200k_base: the nearest public tokenizer to that of the speech models. */
export const tokensOf = (text: string): number => countTokens(text)

/** The same of tools, written as JSON; how a server shows them to its model is not known, and may take a little less. */
export const toolTokensOf = (tools: readonly ToolSpec[]): number =>
  tokensOf(JSON.stringify(tools.map(({ name, description, parameters }) => ({ name, description, parameters }))))
