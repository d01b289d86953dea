import {
  callOptionsSchema,
  didYouMean,
  extensionSchema,
  GatewayError,
  isPerson,
  issueSentences,
  maskNumber,
  ModeInvalid,
  tryE164,
  withFittingOptions,
  type CallOptions,
  type E164,
  type Mode,
  type Route,
} from '@llc-phone/core'
import { configMistakes } from './mistakes.ts'

/** How a call to one of our numbers is answered. */
export interface Answer {
  /** The mode instance's name in gateway.config.ts, e.g. `frontDesk`. */
  readonly name: string
  readonly mode: Mode
  /** Who takes the caller when the model is not available. */
  readonly fallback?: Route
}

/** Where the mode of a number comes from: gateway.config.ts, an assignment at run time, or nowhere. */
export type AnswerSource = 'config' | 'stored' | 'unlisted'

/** Which number answers in which mode. */
export interface Numbers {
  /** How a number is answered; an unlisted one, or `undefined`, gets the `unknown` mode. */
  resolve(dialled: E164 | undefined): Answer & { readonly source: AnswerSource }
  /** The mode instance of this name, with its own settings; `undefined` when there is none. */
  named(name: string): Answer | undefined
  list(): readonly { readonly number: E164; readonly name: string; readonly source: AnswerSource }[]
  /** Every voice that a mode or a number names. */
  readonly voices: readonly string[]
  /** Throws `request_invalid` with a suggestion when there is no such mode instance. */
  check(name: string): void
  /** Assigns another mode to a number, from its next call on; throws like {@link Numbers.check}. */
  assign(number: E164, name: string): void
  /** Removes an assignment: gateway.config.ts applies again. */
  unassign(number: E164): void
}

/** Settings for calls to one number. The language is not among them: prompt and greeting of an instance are written in one. */
export type NumberOptions = Omit<CallOptions, 'language'>

const numberOptionsSchema = callOptionsSchema.omit({ language: true })

/** A number of ours (E.164; skipped when `undefined`), its mode instance, and settings for calls to this number only. */
export type NumberEntry<Name extends string> = readonly [
  number: string | undefined,
  name: Name,
  options?: NumberOptions,
]

/** What gateway.config.ts hands to {@link defineNumbers}. */
export interface NumbersDefinition<Name extends string> {
  /** Mode instances by name; `undefined` when a variable that one needs is not set. */
  readonly modes: Readonly<Record<Name, Mode | undefined>>
  readonly numbers: readonly NumberEntry<NoInfer<Name>>[]
  /** The instance for a number of ours that is not listed. */
  readonly unknown: NoInfer<Name>
  /** Who takes callers when the model is not available; without it they hear an apology. */
  readonly fallback?: Route | undefined
}

/**
 * Maps our numbers to mode instances. Throws one `config_invalid` with the path of every mistake and a suggestion.
 *
 * @example
 * defineNumbers({ modes: { frontDesk }, numbers: [['+14155550102', 'frontDesk']], unknown: 'frontDesk' })
 */
export const defineNumbers = <Name extends string>(definition: NumbersDefinition<Name>): Numbers => {
  const { modes, fallback, unknown } = definition
  const names = Object.keys(modes).filter((name) => modes[name as Name] !== undefined)
  const problems: string[] = []
  const configured = new Map<E164, Answer>()
  const assigned = new Map<E164, Answer>()
  const optionsOf = new Map<E164, NumberOptions>()

  /** The answer, or a message if there is no such mode. */
  const answerOf = (name: string): Answer | string => {
    const mode = Object.hasOwn(modes, name) ? modes[name as Name] : undefined
    if (mode) return { name, mode, ...(fallback ? { fallback } : {}) }
    if (Object.hasOwn(modes, name)) return `the mode "${name}" is undefined, because something it needs is not set.`
    return `there is no mode "${name}". ${didYouMean(name, names) ?? `There are ${names.join(', ') || 'none'}.`}`
  }
  const checked = (path: string, name: string): Answer | undefined => {
    const answer = answerOf(name)
    if (typeof answer !== 'string') return answer
    problems.push(`${path}: ${answer}`)
    return undefined
  }

  for (const [index, [text, name, options]] of definition.numbers.entries()) {
    if (text === undefined) continue
    const path = `numbers[${index}]`
    const number = tryE164(text)
    const answer = checked(path, name)
    const settings = numberOptionsSchema.safeParse(options ?? {})
    problems.push(...issueSentences(settings.error, { within: `${path}[2]` }))
    if (number === undefined)
      problems.push(`${path}: the number for "${name}" is not in E.164 form, like +14155550100.`)
    else if (configured.has(number))
      problems.push(
        `${path}: ${maskNumber(number)} already answers as "${configured.get(number)?.name}". A number has one mode.`,
      )
    else if (answer && settings.success) {
      if (options) optionsOf.set(number, options)
      try {
        configured.set(number, options ? { ...answer, mode: answer.mode.withOptions(options) } : answer)
      } catch (error) {
        if (!(error instanceof ModeInvalid)) throw error
        problems.push(...issueSentences(error.asIssues, { within: `${path}[2]` }))
      }
    }
  }
  const unlisted = checked('unknown', unknown)
  if (fallback !== undefined && isPerson(fallback) && tryE164(fallback.number) === undefined)
    problems.push('fallback.number: is not in E.164 form, like +14155550100.')
  const keys =
    fallback !== undefined && isPerson(fallback) ? extensionSchema.optional().safeParse(fallback.extension) : undefined
  if (keys?.error) problems.push(`fallback.extension: ${keys.error.issues[0]!.message}.`)

  if (problems.length > 0 || !unlisted) throw configMistakes(problems)
  const demand = (name: string): Answer => {
    const answer = answerOf(name)
    if (typeof answer === 'string') throw new GatewayError('request_invalid', `mode: ${answer}`)
    return answer
  }
  return {
    resolve(dialled) {
      if (dialled === undefined) return { ...unlisted, source: 'unlisted' }
      const stored = assigned.get(dialled)
      if (stored) return { ...stored, source: 'stored' }
      const answer = configured.get(dialled)
      return answer ? { ...answer, source: 'config' } : { ...unlisted, source: 'unlisted' }
    },
    named(name) {
      const answer = answerOf(name)
      return typeof answer === 'string' ? undefined : answer
    },
    list: () =>
      [...new Map([...configured, ...assigned])].map(([number, { name }]) => ({
        number,
        name,
        source: assigned.has(number) ? 'stored' : 'config',
      })),
    voices: [
      ...names.flatMap((name) => modes[name as Name]?.voice ?? []),
      ...[...optionsOf.values()].flatMap(({ voice }) => voice ?? []),
    ],
    check: (name) => void demand(name),
    assign(number, name) {
      const answer = demand(name)
      // The number's own settings stay when its mode changes.
      const options = optionsOf.get(number)
      assigned.set(number, options ? { ...answer, mode: withFittingOptions(answer.mode, options) } : answer)
    },
    unassign: (number) => void assigned.delete(number),
  }
}
