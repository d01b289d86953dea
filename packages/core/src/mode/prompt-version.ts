import { createHash } from 'node:crypto'
import type { Section } from './prompt.ts'
import type { ToolSpec } from '../model.ts'

/** As many hex digits as tell two prompts apart, and people can compare. */
const DIGITS = 12

/**
 * A name for what a model is told on every call alike: fixed sections and tools. Another one means that something in them
 * has changed, so that a change of behaviour can be dated.
 */
export const promptVersionOf = (sections: readonly Section<never>[], tools: readonly ToolSpec[]): string => {
  const told = [
    ...sections.flatMap((section) => (section.kind === 'fixed' ? [[section.title, section.text]] : [])),
    ...tools.map(({ name, description, parameters }) => [name, description, parameters]),
  ]
  return createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, DIGITS)
}
