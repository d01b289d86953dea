import { callOptionsSchema, ModeInvalid, type CallOptions, type Kind, type SharedSettings } from '@llc-phone/core'
import type { SettingsDocument } from './document.ts'
import { findingsOf, mistake, noSuch, type Finding } from './findings.ts'
import { isFields, type Path } from './paths.ts'

/** An instance whose own fields are as its kind wants them. */
export interface CheckedInstance<Made> {
  readonly kind: Kind<Made>
  readonly own: Readonly<Record<string, unknown>>
  readonly options: CallOptions
  readonly profile?: string
}

/** Fields of an instance that are neither its kind's nor call options. */
const OF_EVERY_INSTANCE = ['kind', 'profile']

const OPTION_NAMES = Object.keys(callOptionsSchema.shape)

/** Checks the fields of one instance by its kind; `undefined` when something is wrong with them. */
export const checkInstance = <Made>(
  path: Path,
  written: unknown,
  kinds: readonly Kind<Made>[],
  findings: Finding[],
): CheckedInstance<Made> | undefined => {
  if (!isFields(written) || typeof written.kind !== 'string') return undefined
  const { kind: kindName, profile, ...fields } = written
  const kind = kinds.find(({ name }) => name === kindName)
  if (!kind) {
    const names = kinds.map(({ name }) => name)
    findings.push(mistake([...path, 'kind'], noSuch('kind', kindName, names)))
    return undefined
  }
  // A kind may take an option in a way of its own: then its schema checks it.
  const isOption = (name: string): boolean => OPTION_NAMES.includes(name) && !Object.hasOwn(kind.settings.shape, name)
  const [options, own] = [true, false].map((wanted) =>
    Object.fromEntries(Object.entries(fields).filter(([name]) => isOption(name) === wanted)),
  )
  const checkedOptions = callOptionsSchema.safeParse(options)
  const checkedOwn = kind.settings.safeParse(own)
  const found = [
    ...findingsOf(checkedOptions.error, { schema: callOptionsSchema, value: options, path }),
    ...findingsOf(checkedOwn.error, {
      schema: kind.settings,
      value: own,
      path,
      fields: [...OPTION_NAMES, ...OF_EVERY_INSTANCE],
    }),
  ]
  findings.push(...found)
  if (!checkedOptions.success || !checkedOwn.success) return undefined
  return {
    kind,
    own: checkedOwn.data,
    options: checkedOptions.data as CallOptions,
    ...(typeof profile === 'string' ? { profile } : {}),
  }
}

/** What instances share, with the answers that this one may give. */
export const sharedFor = (document: SettingsDocument, name: string): SharedSettings => ({
  business: document.business,
  routes: document.routes,
  directory: document.directory,
  answers: document.answers.filter(({ modes }) => modes === undefined || modes.includes(name)),
})

/** Parts that instances share: a complaint about one of them stands there. Answers are numbered per instance, so they do not. */
const SHARED: readonly unknown[] = ['business', 'routes', 'directory']

/** Why a kind could not make its mode, as errors at the place of the setting it complains about. */
export const complaintsOf = (error: unknown, path: Path): readonly Finding[] => {
  if (error instanceof ModeInvalid)
    return error.problems.map((problem) =>
      mistake(SHARED.includes(problem.path[0]) ? problem.path : [...path, ...problem.path], problem.message),
    )
  return [mistake(path, `cannot be built: ${error instanceof Error ? error.message : String(error)}`)]
}
