import {
  ModeInvalid,
  promptSizeOf,
  type Answer,
  type CallOptions,
  type E164,
  type Kind,
  type Mode,
  type ModeKind,
  type OutboundKind,
  type OutboundMode,
  type PromptSize,
  type Route,
} from '@llc-phone/core'
import type { DialingPolicy } from '@llc-phone/dialer'
import { mergeOptions } from './call-options.ts'
import { documentSchema, type MessageDestination, type SettingsDocument } from './document.ts'
import { findingsOf, MOST_FINDINGS, type Finding } from './findings.ts'
import { checkInstance, complaintsOf, sharedFor, type CheckedInstance } from './instances.ts'
import { isFields, type Path } from './paths.ts'
import { brokenReferences } from './references.ts'
import { salvage } from './salvage.ts'
import { unreadable } from './size.ts'
import { atOnce, inTurns, type Steps } from './steps.ts'
import { recordingMistakes, warningsAbout } from './warnings.ts'

/** What a document may be made of. */
export interface BuildOptions {
  readonly kinds: readonly ModeKind[]
  readonly outboundKinds?: readonly OutboundKind[]
  /** What else is to be said about a document, by whoever knows more than stands in it. */
  readonly alsoCheck?: (document: SettingsDocument) => readonly Finding[]
  /** By which closures are over; the system clock's time when absent. */
  readonly now?: Date
}

/** An instance that answers calls. */
export interface BuiltInstance {
  readonly name: string
  /** The name of its kind. */
  readonly kind: string
  readonly mode: Mode
  /** The answers it may give. */
  readonly answers: readonly Answer[]
  /** The name of its tuning profile. */
  readonly profile?: string
  /** Tokens at the beginning of every call, estimated. */
  readonly size: PromptSize
}

/** Modes with options of a number: each takes milliseconds to make, in which no audio moves. */
const MOST_OWN_OPTIONS = 200

/** How a number is answered. */
export interface BuiltNumber {
  /** The name of the instance. */
  readonly instance: string
  /** Its mode with the number's options; absent when it could not be built: callers go to the fallback. */
  readonly mode?: Mode
}

/** How our numbers are answered, as far as the document says. */
export interface BuiltNumbers {
  /** For a number that is not listed. */
  readonly unknown: BuiltNumber
  /** Who takes callers whom no mode serves; without it they hear an apology. */
  readonly fallback?: Route
  readonly list: ReadonlyMap<E164, BuiltNumber>
  /**
   * The mode of an instance for calls to this number, with the options that the number has of its own; `undefined` when there
   * is no such instance. Throws `mode_invalid` when the two do not fit together.
   */
  modeFor(instance: string, number: E164): Mode | undefined
}

/** Whom we call, as far as the document says. */
export interface BuiltOutbound {
  readonly modes: ReadonlyMap<string, OutboundMode>
  /** The name of the instance for requests that name none. */
  readonly default: string
  readonly policy: DialingPolicy
}

/** All that a document says, ready for the next call. */
export interface BuiltSettings {
  readonly document: SettingsDocument
  readonly instances: ReadonlyMap<string, BuiltInstance>
  readonly numbers: BuiltNumbers
  readonly outbound?: BuiltOutbound
  readonly messages: readonly MessageDestination[]
}

/** What became of a document. */
export interface BuildResult {
  readonly built?: BuiltSettings
  readonly findings: readonly Finding[]
}

interface Made<Of> {
  readonly checked: CheckedInstance<Of>
  readonly made: Of
}

/** Makes every instance that can be made; the others are findings. */
function* makeInstances<Of>(
  document: SettingsDocument,
  checked: ReadonlyMap<string, CheckedInstance<Of>>,
  path: Path,
  findings: Finding[],
): Steps<Map<string, Made<Of>>> {
  const all = new Map<string, Made<Of>>()
  for (const [name, instance] of checked) {
    yield
    try {
      all.set(name, { checked: instance, made: makeOne(document, name, instance) })
    } catch (error) {
      findings.push(...complaintsOf(error, [...path, name]))
    }
  }
  return all
}

/** An instance with the options of its profile, its own, and those of a number, the last one winning. */
const makeOne = <Of>(
  document: SettingsDocument,
  name: string,
  { kind, own, options, profile }: CheckedInstance<Of>,
  ofNumber?: CallOptions,
): Of => {
  const profiles = document.tuningProfiles
  const shared = profile !== undefined && Object.hasOwn(profiles, profile) ? profiles[profile] : undefined
  return kind.make({ ...own, ...mergeOptions(shared, options, ofNumber) }, sharedFor(document, name))
}

function* checkInstances<Of>(
  written: unknown,
  path: Path,
  kinds: readonly Kind<Of>[],
  findings: Finding[],
  mostFindings: number,
): Steps<Map<string, CheckedInstance<Of>>> {
  const found = new Map<string, CheckedInstance<Of>>()
  if (!isFields(written)) return found
  for (const [name, fields] of Object.entries(written)) {
    if (findings.length >= mostFindings) break
    yield
    const checked = checkInstance([...path, name], fields, kinds, findings)
    if (checked) found.set(name, checked)
  }
  return found
}

/** The options of the numbers that have some of their own. */
const optionsByNumber = ({ numbers }: SettingsDocument): ReadonlyMap<string, CallOptions> =>
  new Map(
    Object.entries(numbers.list).flatMap(([number, entry]) => {
      const { mode: _, ...options } = entry
      return Object.keys(options).length > 0 ? [[number, options]] : []
    }),
  )

function* buildNumbers(
  document: SettingsDocument,
  made: ReadonlyMap<string, Made<Mode>>,
  findings: Finding[],
): Steps<BuiltNumbers> {
  const { numbers, routes } = document
  const optionsOf = optionsByNumber(document)
  const modes = new Map<string, Mode>()
  const modeFor = (name: string, number: E164): Mode | undefined => {
    const options = optionsOf.get(number)
    const instance = made.get(name)
    if (!options || !instance) return instance?.made
    // Numbers with the same options share a mode: to make one takes milliseconds, in which no audio moves.
    const key = `${name} ${JSON.stringify(options)}`
    const known = modes.get(key)
    if (!known && modes.size >= MOST_OWN_OPTIONS)
      throw new ModeInvalid(name, [
        { path: [], message: `more than ${MOST_OWN_OPTIONS} numbers have options of their own` },
      ])
    const mode = known ?? makeOne(document, name, instance.checked, options)
    modes.set(key, mode)
    return mode
  }
  const answerOf = (name: string, mode: Mode | undefined): BuiltNumber => ({
    instance: name,
    ...(mode ? { mode } : {}),
  })
  const list = new Map<E164, BuiltNumber>()
  for (const [number, { mode: name }] of Object.entries(numbers.list) as [E164, { mode: string }][]) {
    if (optionsOf.has(number)) yield
    try {
      list.set(number, answerOf(name, modeFor(name, number)))
    } catch (error) {
      findings.push(...complaintsOf(error, ['numbers', 'list', number]))
      list.set(number, answerOf(name, made.get(name)?.made))
    }
  }
  const fallback =
    numbers.fallback !== undefined && Object.hasOwn(routes, numbers.fallback) ? routes[numbers.fallback] : undefined
  return {
    unknown: answerOf(numbers.unknown, made.get(numbers.unknown)?.made),
    ...(fallback ? { fallback } : {}),
    list,
    modeFor,
  }
}

function* instancesOf(
  document: SettingsDocument,
  made: ReadonlyMap<string, Made<Mode>>,
): Steps<Map<string, BuiltInstance>> {
  const instances = new Map<string, BuiltInstance>()
  for (const [name, { checked, made: mode }] of made) {
    yield
    instances.set(name, {
      name,
      kind: checked.kind.name,
      mode,
      answers: sharedFor(document, name).answers,
      ...(checked.profile === undefined ? {} : { profile: checked.profile }),
      size: promptSizeOf(mode),
    })
  }
  return instances
}

const once = (findings: readonly Finding[]): Finding[] => [
  ...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values(),
]

/** Builds what can be built of a document; one that is wrong by its schema only if something can be left out. */
function* build(written: unknown, options: BuildOptions, leaveOut: boolean): Steps<BuildResult> {
  const { kinds, outboundKinds = [], alsoCheck, now = new Date() } = options
  const findings: Finding[] = []
  const parsed = documentSchema.safeParse(written)
  findings.push(...findingsOf(parsed.error, { schema: documentSchema, value: written }))
  const { modes, outbound } = isFields(written) ? written : {}
  // Of a version that answers calls every instance is looked at.
  const mostFindings = leaveOut ? Infinity : MOST_FINDINGS
  const checked = yield* checkInstances(modes, ['modes'], kinds, findings, mostFindings)
  const placedPath = ['outbound', 'modes']
  const checkedOutbound = yield* checkInstances(
    isFields(outbound) ? outbound.modes : undefined,
    placedPath,
    outboundKinds,
    findings,
    mostFindings,
  )
  const document = parsed.success ? (parsed.data as SettingsDocument) : leaveOut ? salvage(written) : undefined
  if (!document) return { findings: once(findings) }
  findings.push(...brokenReferences(document))
  const made = yield* makeInstances(document, checked, ['modes'], findings)
  const placed = yield* makeInstances(document, checkedOutbound, placedPath, findings)
  const numbers = yield* buildNumbers(document, made, findings)
  const instances = yield* instancesOf(document, made)
  yield
  const recording = [...instances.values()].filter(({ mode }) => mode.recordsCalls).map(({ name }) => name)
  findings.push(...recordingMistakes(document, new Set(recording)))
  findings.push(...warningsAbout(document, [...instances.values()], now), ...(alsoCheck?.(document) ?? []))
  return {
    built: {
      document,
      instances,
      numbers,
      ...(document.outbound
        ? {
            outbound: {
              modes: new Map(Array.from(placed, ([name, { made: mode }]) => [name, mode])),
              default: document.outbound.default,
              policy: document.outbound.policy,
            },
          }
        : {}),
      messages: document.messages,
    },
    findings: once(findings),
  }
}

/**
 * Builds a version that has been published before, after an upgrade for example. What cannot be built is left out with an
 * error: numbers of such an instance go to the fallback, entries and options are dropped, the others go on. Without `built` nothing could be made of it.
 */
export const buildStored = (written: unknown, options: BuildOptions): BuildResult =>
  atOnce(build(written, options, true))

const judged = ({ built, findings }: BuildResult): BuildResult =>
  built && findings.every(({ severity }) => severity === 'warning') ? { built, findings } : { findings }

/** Checks a written document and builds every mode of it. `built` is absent when there is an error; never throws for bad data. */
export const buildSettings = (written: unknown, options: BuildOptions): BuildResult => {
  const refused = unreadable(written)
  return refused ? { findings: [refused] } : judged(atOnce(build(written, options, false)))
}

/** Like {@link buildSettings}, in steps of a few milliseconds at most, between which audio moves. */
export const checkInTurns = async (written: unknown, options: BuildOptions): Promise<BuildResult> => {
  const refused = unreadable(written)
  return refused ? { findings: [refused] } : judged(await inTurns(build(written, options, false)))
}
