import {
  asKeywords,
  mergeTuning,
  type Memory,
  type ModelTuning,
  type ModelWishes,
  type Transcription,
} from '../tuning.ts'
import type { Dialect } from './dialect.ts'
import { familyOf, type ModelFamily } from './families.ts'

/** A wanted setting that is not sent. */
export interface Untaken {
  /** Its name, such as `effort` or `transcription.keywords`. */
  readonly setting: string
  readonly why: string
  /** Whether the operator has set it; otherwise it is only a preference of the mode. */
  readonly isSet: boolean
}

/** The settings that are sent to a model for given wishes. */
export interface ModelProfile {
  readonly family: string
  readonly dialect: Dialect['name']
  /** Exactly what is sent. */
  readonly tuning: ModelTuning
  readonly untaken: readonly Untaken[]
}

const NO_WISHES: ModelWishes = { set: {}, suits: {}, keywords: [] }

/** Whether a transcription model takes lists of languages and keywords; older ones take one language and no keywords. */
export const takesLists = (transcriber: string | undefined): boolean =>
  /^gpt-(?:live-)?transcribe(?:-\d{4}-\d{2}-\d{2})?$/.test(transcriber ?? '')

type Setting = keyof ModelTuning

/** Why a setting is not sent; `undefined` when it is. */
const whyNot = (setting: Setting, family: ModelFamily, { name, lacks }: Dialect): string | undefined => {
  if (lacks.includes(setting)) return `the ${name} dialect has no such setting`
  if (!family.thinks && (setting === 'effort' || setting === 'parallelTools'))
    return `models of the family ${family.name} refuse it`
  return undefined
}

interface Part<Value> {
  readonly sent: Value
  readonly untaken: readonly Untaken[]
}

/** The transcription settings, as far as model and wire take them. */
const transcriptionOf = (
  wanted: Transcription,
  wishes: ModelWishes,
  { isKnown }: ModelFamily,
  dialect: Dialect,
): Part<Transcription> => {
  const set = typeof wishes.set.transcription === 'object' ? wishes.set.transcription : {}
  const model = wanted.model ?? dialect.usualTranscriber
  const keywords = asKeywords([...(set.keywords ?? []), ...(isKnown ? wishes.keywords : [])])
  const { languages = [] } = wanted
  const hasLists = takesLists(model) && !dialect.lacks.includes('transcription.lists')
  if (hasLists)
    return {
      sent: {
        model,
        ...(languages.length > 0 ? { languages } : {}),
        ...(keywords.length > 0 ? { keywords } : {}),
      },
      untaken: [],
    }
  const why = takesLists(model)
    ? `the ${dialect.name} dialect has no such setting`
    : `${model} takes one language and no keywords`
  const untaken = [
    ...(languages.length > 1
      ? [{ setting: 'transcription.languages', why: `only ${languages[0]}: ${why}`, isSet: true }]
      : []),
    ...(keywords.length > 0 ? [{ setting: 'transcription.keywords', why, isSet: set.keywords !== undefined }] : []),
  ]
  return { sent: { model, ...(languages.length > 0 ? { languages: languages.slice(0, 1) } : {}) }, untaken }
}

/** The wire needs the share (`keep`) whenever memory is set. */
const memoryOf = (memory: Memory): Memory => ({ keep: 1, ...memory })

/**
 * The settings to send for these wishes. The operator's settings win over the mode's preferences, and those over the family's
 * usual ones. Settings that the family or the wire refuses are not sent, because one refused key refuses the whole session.
 */
export const profileOf = (model: string, dialect: Dialect, wishes: ModelWishes = NO_WISHES): ModelProfile => {
  const family = familyOf(model)
  const { set, suits } = wishes
  const spoken = wishes.language === undefined ? {} : { transcription: { languages: [wishes.language] } }
  const preferred = family.isKnown ? mergeTuning(spoken, suits) : {}
  const wanted = mergeTuning(mergeTuning(family.usual, preferred), set)
  const { transcription = {}, memory, ...others } = wanted
  const asked = { ...others, ...(memory ? { memory: memoryOf(memory) } : {}) }
  const untaken: Untaken[] = []
  const sent = Object.fromEntries(
    Object.entries(asked).filter(([name]) => {
      const setting = name as Setting
      const why = whyNot(setting, family, dialect)
      if (why !== undefined && (setting in set || setting in suits))
        untaken.push({ setting, why, isSet: setting in set })
      return why === undefined
    }),
  ) as ModelTuning
  if (!family.isKnown)
    for (const setting of Object.keys(suits))
      if (!(setting in set)) untaken.push({ setting, why: 'nothing is known about this model', isSet: false })
  const written = transcription === 'off' ? undefined : transcriptionOf(transcription, wishes, family, dialect)
  return {
    family: family.name,
    dialect: dialect.name,
    tuning: { ...sent, transcription: written?.sent ?? 'off' },
    untaken: [...untaken, ...(written?.untaken ?? [])],
  }
}
