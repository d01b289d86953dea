import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import type { ToolSpec } from '../model.ts'

/** The size of a text in tokens of o200k_base, the public tokenizer closest to that of the speech models. */
export const tokensOf = (text: string): number => countTokens(text)

/** The size of tools as JSON. How a server presents them to its model is unknown and may take a little less. */
export const toolTokensOf = (tools: readonly ToolSpec[]): number =>
  tokensOf(JSON.stringify(tools.map(({ name, description, parameters }) => ({ name, description, parameters }))))
