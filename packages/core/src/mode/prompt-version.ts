import { createHash } from 'node:crypto'
import type { Language } from '../language/languages.ts'
import { fixedIn, type Section } from './prompt.ts'
import type { ToolSpec } from '../model.ts'

/** Enough hex digits to tell prompts apart, few enough for people to compare. */
const DIGITS = 12

/**
 * The version of a prompt: a hash of its fixed sections and tools, which are the same on every call. It changes when they do,
 * so that a change of behaviour can be dated.
 */
export const promptVersionOf = (
  sections: readonly Section<never>[],
  tools: readonly ToolSpec[],
  language: Language,
): string => {
  const told = [
    ...sections.flatMap((section) =>
      section.kind === 'fixed' ? [[section.title, fixedIn(section.text, language)]] : [],
    ),
    ...tools.map(({ name, description, parameters }) => [name, description, parameters]),
  ]
  return createHash('sha256').update(JSON.stringify(told)).digest('hex').slice(0, DIGITS)
}
