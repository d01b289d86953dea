import { GatewayError, isPerson, maskNumber, tryE164, type E164, type Mode, type Route } from '@llc-phone/core'

/** How a call to one of our numbers is answered. */
export interface Answer {
  /** The mode instance's name in gateway.config.ts, e.g. `frontDesk`. */
  readonly name: string
  readonly mode: Mode
  /** Who takes the caller when the model is not to be had. */
  readonly fallback?: Route
}

/** Which number answers in which mode. */
export interface Numbers {
  /** The answer of a number; one that is not listed gets the `unknown` mode. */
  resolve(dialled: E164): Answer & { readonly known: boolean }
  list(): readonly { readonly number: E164; readonly name: string }[]
}

/** What gateway.config.ts hands to {@link defineNumbers}. */
export interface NumbersDefinition<Name extends string> {
  /** Mode instances by name; `undefined` when what one needs is not in the environment. */
  readonly modes: Readonly<Record<Name, Mode | undefined>>
  /** Our numbers (E.164) and the instance that answers each; a number that is `undefined` in the environment is left out. */
  readonly numbers: readonly (readonly [number: string | undefined, name: NoInfer<Name>])[]
  /** The instance for a number of ours that is not listed. */
  readonly unknown: NoInfer<Name>
  /** Who takes callers when the model is not to be had; without it they hear an apology. */
  readonly fallback?: Route | undefined
}

/** Levenshtein's distance: how many letters to change, add or drop. */
const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++)
      next.push(Math.min(next[j]! + 1, row[j + 1]! + 1, row[j]! + (letter === b[j] ? 0 : 1)))
    row = next
  }
  return row.at(-1)!
}

const nearest = (wanted: string, names: readonly string[]): string | undefined => {
  const ranked = names
    .map((name) => ({ name, edits: editDistance(wanted.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)
  return ranked[0] && ranked[0].edits <= Math.max(2, wanted.length / 3) ? ranked[0].name : undefined
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
  const answers = new Map<E164, Answer>()

  const answerOf = (path: string, name: string): Answer | undefined => {
    const mode = Object.hasOwn(modes, name) ? modes[name as Name] : undefined
    if (mode) return { name, mode, ...(fallback ? { fallback } : {}) }
    if (Object.hasOwn(modes, name)) {
      problems.push(`${path}: the mode "${name}" is undefined, because something it needs is not set.`)
      return undefined
    }
    const suggestion = nearest(name, names)
    problems.push(
      `${path}: there is no mode "${name}". ${suggestion ? `Did you mean "${suggestion}"?` : `There are ${names.join(', ') || 'none'}.`}`,
    )
    return undefined
  }

  for (const [index, [text, name]] of definition.numbers.entries()) {
    if (text === undefined) continue
    const number = tryE164(text)
    const answer = answerOf(`numbers[${index}]`, name)
    if (number === undefined)
      problems.push(`numbers[${index}]: the number for "${name}" is not in E.164 form, like +14155550100.`)
    else if (answers.has(number))
      problems.push(
        `numbers[${index}]: ${maskNumber(number)} already answers as "${answers.get(number)?.name}". A number has one mode.`,
      )
    else if (answer) answers.set(number, answer)
  }
  const unlisted = answerOf('unknown', unknown)
  if (fallback !== undefined && isPerson(fallback) && tryE164(fallback.number) === undefined)
    problems.push('fallback.number: is not in E.164 form, like +14155550100.')

  if (problems.length > 0 || !unlisted)
    throw new GatewayError(
      'config_invalid',
      [
        `gateway.config.ts has ${problems.length === 1 ? 'a mistake' : 'mistakes'}:`,
        ...problems.map((line) => `  ${line}`),
      ].join('\n'),
    )
  return {
    resolve(dialled) {
      const answer = answers.get(dialled)
      return { ...(answer ?? unlisted), known: answer !== undefined }
    },
    list: () => [...answers].map(([number, { name }]) => ({ number, name })),
  }
}
