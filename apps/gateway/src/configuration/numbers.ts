import {
  defaultLanguage,
  didYouMean,
  GatewayError,
  type CallOrigin,
  type E164,
  type Language,
  type Mode,
  type Route,
} from '@llc-phone/core'
import type { InForce } from './in-force.ts'

/** How a call to one of our numbers is answered. */
export interface Answer {
  /** The instance's name in the settings, e.g. `frontDesk`. */
  readonly name: string
  /** Absent when the instance cannot be built from settings of an earlier version: its callers go to the fallback. */
  readonly mode?: Mode
  /** What callers are told in, with or without a mode. */
  readonly language: Language
  /** Who takes the caller when the model is not available. */
  readonly fallback?: Route
  readonly origin: CallOrigin
}

/** A voice that calls are spoken in, the default one when absent, and what it speaks. */
export type Speaking = Pick<Mode, 'voice' | 'language'>

/** Where the instance of a number comes from: the settings, an assignment at run time, or nowhere. */
export type AnswerSource = 'settings' | 'stored' | 'unlisted'

/** Which number answers in which mode, by the settings in force and what was assigned beside them. */
export interface Numbers {
  /** How a number is answered; an unlisted one, or `undefined`, gets the `unknown` instance. */
  resolve(dialled: E164 | undefined): Answer & { readonly source: AnswerSource }
  /** The instance of this name, with its own settings; `undefined` when there is none. */
  named(name: string): Answer | undefined
  list(): readonly { readonly number: E164; readonly name: string; readonly source: AnswerSource }[]
  /** How every instance and number speaks; some of them alike. */
  readonly speaking: readonly Speaking[]
  /** Throws `request_invalid` with a suggestion when there is no such instance. */
  check(name: string): void
  /** Assigns another instance to a number, from its next call on, whether or not there is one of this name. */
  assign(number: E164, name: string): void
  /** Has these assignments, and no others. */
  assignOnly(assignments: readonly { readonly number: E164; readonly mode: string }[]): void
  /** Removes an assignment: the settings apply again. */
  unassign(number: E164): void
  /** Assignments to instances that the settings in force do not have: they are left out of account. */
  lost(): readonly { readonly number: E164; readonly name: string }[]
}

/** The numbers of whatever settings are in force when somebody asks. */
export const createNumbers = (inForce: () => InForce): Numbers => {
  const assigned = new Map<E164, string>()
  const exists = (name: string): boolean => Object.hasOwn(inForce().built.document.modes, name)

  const answerOf = (name: string, mode: Mode | undefined): Answer => {
    const { built, version } = inForce()
    const { fallback } = built.numbers
    const profile = built.document.modes[name]?.profile
    return {
      name,
      ...(mode ? { mode } : {}),
      language: mode?.language ?? built.document.business.language ?? defaultLanguage,
      ...(fallback ? { fallback } : {}),
      origin: { instance: name, settingsVersion: version, tuningProfile: profile },
    }
  }

  /** The instance with the number's own options; without them where the two do not fit together. */
  const modeFor = (name: string, number: E164): Mode | undefined => {
    const { numbers, instances } = inForce().built
    try {
      return numbers.modeFor(name, number)
    } catch {
      return instances.get(name)?.mode
    }
  }

  const resolve: Numbers['resolve'] = (dialled) => {
    const { list, unknown } = inForce().built.numbers
    const name = dialled === undefined ? undefined : assigned.get(dialled)
    if (dialled !== undefined && name !== undefined && exists(name))
      return { ...answerOf(name, modeFor(name, dialled)), source: 'stored' }
    // Also for a number whose assigned instance is gone: it answers as if nothing had been assigned.
    const listed = dialled === undefined ? undefined : list.get(dialled)
    if (listed) return { ...answerOf(listed.instance, listed.mode), source: 'settings' }
    return { ...answerOf(unknown.instance, unknown.mode), source: 'unlisted' }
  }

  return {
    resolve,
    named(name) {
      const instance = inForce().built.instances.get(name)
      return instance && answerOf(name, instance.mode)
    },
    list: () =>
      [...new Set([...inForce().built.numbers.list.keys(), ...assigned.keys()])].map((number) => {
        const { name, source } = resolve(number)
        return { number, name, source }
      }),
    get speaking() {
      const { instances, numbers } = inForce().built
      const modes = [
        ...[...instances.values()].map(({ mode }) => mode),
        ...[...numbers.list.values()].map(({ mode }) => mode),
      ]
      return modes.flatMap((mode) => mode ?? [])
    },
    check(name) {
      const names = [...inForce().built.instances.keys()]
      if (names.includes(name)) return
      throw new GatewayError(
        'request_invalid',
        exists(name)
          ? `mode: the instance "${name}" cannot be built: ./phone settings show says why.`
          : `mode: there is no mode "${name}". ${didYouMean(name, names) ?? `There are ${names.join(', ') || 'none'}.`}`,
      )
    },
    assign: (number, name) => void assigned.set(number, name),
    assignOnly(assignments) {
      assigned.clear()
      for (const { number, mode } of assignments) assigned.set(number, mode)
    },
    unassign: (number) => void assigned.delete(number),
    lost: () => [...assigned].flatMap(([number, name]) => (exists(name) ? [] : [{ number, name }])),
  }
}
