import type { CallFacts } from '../facts.ts'
import { GatewayError } from '../errors.ts'
import { defaultLanguage, type Language } from '../language/languages.ts'

/** Text of a fixed section; a function of the language that the assistant speaks, when it depends on that. */
export type FixedText = string | ((language: Language) => string)

/** A named part of a prompt. Fixed text is the same on every call, so the model's cache keeps it; live text is this call's. */
export type Section<Known = unknown> =
  | { readonly kind: 'fixed'; readonly title: string; readonly text: FixedText }
  | {
      readonly kind: 'live'
      readonly title: string
      /** `undefined` leaves the section out. */
      render(facts: CallFacts, known: Known): string | undefined
    }

/** A section that is byte-identical on every call in a language. */
export const fixed = (title: string, text: FixedText): Section => ({ kind: 'fixed', title, text })

/** A section rendered for each call; must come after all fixed ones, so that the prefix stays cached. */
export const live = <Known = unknown>(
  title: string,
  render: (facts: CallFacts, known: Known) => string | undefined,
): Section<Known> => ({ kind: 'live', title, render })

/** Throws `mode_invalid` when a fixed section follows a live one. */
export const checkSections = (mode: string, sections: readonly Section<never>[]): void => {
  const firstLive = sections.findIndex(({ kind }) => kind === 'live')
  const late = firstLive < 0 ? undefined : sections.slice(firstLive).find(({ kind }) => kind === 'fixed')
  if (late)
    throw new GatewayError(
      'mode_invalid',
      `Mode "${mode}": the fixed section "${late.title}" comes after a live one. Move it up: everything after the first live section is paid for on every call.`,
    )
}

/**
 * The text a mode has rendered. Throws `mode_failed` for anything else, such as the promise of an `async` function: it cannot
 * be awaited here, and its rejection would go unnoticed.
 */
export const writtenText = (what: string, written: unknown): string | undefined => {
  if (typeof written === 'string' || written === undefined) return written
  if (written instanceof Promise) written.catch(() => {})
  throw new GatewayError('mode_failed', `"${what}" is not text. Look things up in lookUp, and render from its result.`)
}

interface Written {
  readonly title: string
  readonly text: string | undefined
}

const joined = (sections: readonly Written[]): string =>
  sections
    .filter(({ text }) => text)
    .map(({ title, text }) => `# ${title}\n${text}`)
    .join('\n\n')

/** The text of a fixed section in a language. */
export const fixedIn = (text: FixedText, language: Language): string =>
  (typeof text === 'string' ? text : text(language)).trim()

/** The fixed sections: a prefix of the instructions of every call. */
export const fixedPrompt = (sections: readonly Section<never>[], language: Language = defaultLanguage): string =>
  joined(
    sections.flatMap((section) =>
      section.kind === 'fixed' ? [{ title: section.title, text: fixedIn(section.text, language) }] : [],
    ),
  )

/** The instructions of one call: sections in order, each under its title. */
export const renderPrompt = <Known>(
  sections: readonly Section<Known>[],
  facts: CallFacts,
  known: Known,
  language: Language = defaultLanguage,
): string =>
  joined(
    sections.map((section) => ({
      title: section.title,
      text:
        section.kind === 'fixed'
          ? fixedIn(section.text, language)
          : writtenText(section.title, section.render(facts, known))?.trim(),
    })),
  )
