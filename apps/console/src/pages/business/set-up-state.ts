import { isFields, isSame, valueAt } from '../../parts/form/values.ts'
import { STEPS, type StepKey } from './business-words.ts'

/** A document to begin with. */
export interface Template {
  readonly name: string
  readonly about: string
  readonly document: unknown
}

const KEPT = 'llc-phone.set-up'

/** The steps that were left by "Next" in this browser: what a template says may be right as it is. */
export const confirmedSteps = (): readonly string[] => {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '[]')
    return Array.isArray(kept) ? kept.map(String) : []
  } catch {
    return []
  }
}

/** Notes that a step was left by "Next". */
export const confirmStep = (step: StepKey): void => {
  try {
    localStorage.setItem(KEPT, JSON.stringify([...new Set([...confirmedSteps(), step])]))
  } catch {
    // A browser that keeps nothing shows fewer marks.
  }
}

const PLACES: Readonly<Partial<Record<StepKey, readonly (readonly string[])[]>>> = {
  name: [['business', 'name']],
  hours: [
    ['business', 'hours'],
    ['business', 'closures'],
  ],
  people: [['routes']],
  answers: [['answers']],
}

/** Whether somebody has filled a step in: its part of the document is that of no template. */
const isFilled = (step: StepKey, document: unknown, templates: readonly Template[]): boolean => {
  if (step === 'greeting') {
    const modes = valueAt(document, ['modes'])
    return isFields(modes) && Object.values(modes).some((mode) => isFields(mode) && typeof mode.greeting === 'string')
  }
  return (PLACES[step] ?? []).some((place) => {
    const value = valueAt(document, place)
    return value !== undefined && templates.every(({ document: template }) => !isSame(valueAt(template, place), value))
  })
}

/** The steps with which are done, and the one that comes next. */
export const setUpSteps = (given: {
  document: unknown
  hasDraft: boolean
  confirmed: readonly string[]
  templates: readonly Template[]
}) => {
  const { document, hasDraft, confirmed, templates } = given
  const done = STEPS.map(({ key }) =>
    key === 'begin'
      ? hasDraft
      : hasDraft && key !== 'publish' && (confirmed.includes(key) || isFilled(key, document, templates)),
  )
  const next = done.indexOf(false)
  return STEPS.map((step, at) => ({ ...step, isDone: done[at]!, isNext: at === next }))
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** What was set in a step, in a few words. */
export const stepFacts = (step: StepKey, document: unknown): string => {
  const at = (...path: string[]) => valueAt(document, path)
  const listOf = (value: unknown, name: string) =>
    (Array.isArray(value) ? value : isFields(value) ? Object.values(value) : [])
      .map((entry) => (isFields(entry) ? textOf(entry[name]) : ''))
      .filter((each) => each !== '')
  switch (step) {
    case 'name':
      return [textOf(at('business', 'name')), textOf(at('business', 'timeZone')).replaceAll('_', ' ')]
        .filter(Boolean)
        .join(' · ')
    case 'hours': {
      const closures = at('business', 'closures')
      const hours = at('business', 'hours')
      const many = Array.isArray(closures) && closures.length > 0 ? ` · ${closures.length} closed` : ''
      return isFields(hours) ? `${Object.keys(hours).length > 0 ? 'set' : 'none'}${many}` : `no hours${many}`
    }
    case 'people':
      return listOf(at('routes'), 'label').join(' · ')
    case 'greeting':
      return listOf(at('modes'), 'greeting')[0] ?? ''
    case 'answers':
      return listOf(at('answers'), 'question').join(' · ')
    default:
      return ''
  }
}
