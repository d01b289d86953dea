import { DAY_NAMES, isPerson, isSameText, localDate, WEEKDAYS } from '@llc-phone/core'
import type { SettingsDocument } from './document.ts'
import { mistake, warning, type Finding } from './findings.ts'
import { isFields, type Path } from './paths.ts'
import { dentalPractice } from './templates/dental-practice.ts'
import { templates } from './templates/index.ts'

/** What warnings are told of an instance. */
interface Instance {
  readonly name: string
  /** Estimated tokens. */
  readonly size: { readonly instructions: number; readonly tools: number }
}

/** The business that answers until somebody has set their own. */
export const EXAMPLE_BUSINESS = dentalPractice.business.name

const OTHERS = templates.map(({ document }) => document)

/** Numbers that belong to nobody (NANP 555-0100 to 555-0199), as templates have them. */
const BELONGS_TO_NOBODY = /^\+1\d{3}55501\d\d$/

/**
 * The most tokens that every call of an instance should begin with, prompt and tools. The largest mode shipped has 2,400, and
 * answers of full length add 600; beyond this, callers hear the time it takes and models mix up rules.
 */
export const PROMPT_BUDGET_TOKENS = 4_000

/** From this share of the budget on, a warning says so. */
const NEARLY = 0.8

/** What says in English or Spanish that the voice is no person. */
const SAYS_WHAT_IT_IS = /\b(?:assistant|AI|A\.I\.|artificial|automated|virtual|asistente|IA|automático|automática)\b/iu

const greetingWarnings = ({ modes, numbers }: SettingsDocument): Finding[] => {
  const places: readonly (readonly [Path, unknown])[] = [
    ...Object.entries(modes).map(([name, { greeting }]) => [['modes', name, 'greeting'], greeting] as const),
    ...Object.entries(numbers.list).map(
      ([number, { greeting }]) => [['numbers', 'list', number, 'greeting'], greeting] as const,
    ),
  ]
  return places.flatMap(([path, greeting]) =>
    typeof greeting === 'string' && !SAYS_WHAT_IT_IS.test(greeting)
      ? [
          warning(
            path,
            'does not say that an AI assistant is speaking; in many places callers must be told: add "assistant" or "AI"',
          ),
        ]
      : [],
  )
}

/** What says in English or Spanish that the call is kept as sound. */
const SAYS_IT_IS_RECORDED = /\b(?:record(?:ed|ing|s)?|graba(?:r|da|do|mos|ción)?)\b/iu

/** Errors of recording calls without telling callers: many laws forbid it. */
export const recordingMistakes = (
  { modes, numbers, outbound }: SettingsDocument,
  /** The names of the instances that record, by their own option or by that of their profile. */
  recording: ReadonlySet<string>,
): Finding[] => {
  const places: (readonly [Path, unknown])[] = [...recording].map((name) => [
    ['modes', name, 'greeting'],
    modes[name]?.['greeting'],
  ])
  for (const [name, { recordsCalls, greeting }] of Object.entries(outbound?.modes ?? {}))
    if (recordsCalls === true) places.push([['outbound', 'modes', name, 'greeting'], greeting])
  for (const [number, { mode, greeting, recordsCalls }] of Object.entries(numbers.list)) {
    const records = recordsCalls ?? recording.has(mode)
    if (records && (greeting !== undefined || recordsCalls === true))
      places.push([['numbers', 'list', number, 'greeting'], greeting ?? modes[mode]?.['greeting']])
  }
  return places.flatMap(([path, greeting]) =>
    typeof greeting === 'string' && SAYS_IT_IS_RECORDED.test(greeting)
      ? []
      : [
          mistake(
            path,
            'must say that the call is recorded, because recordsCalls is on: add "This call may be recorded."',
          ),
        ],
  )
}

/** The days that a key of opening hours names: `mon`, `fri-mon`. */
const daysNamed = (key: string): readonly number[] => {
  const [from = -1, to = from] = key.split('-').map((name) => WEEKDAYS.findIndex((day) => day === name))
  return from < 0 || to < 0 ? [] : Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, ahead) => (from + ahead) % 7)
}

const hoursWarnings = ({ business }: SettingsDocument): Finding[] => {
  if (!business.hours)
    return [warning(['business', 'hours'], 'are not set: the assistant cannot say when you are open')]
  const named = new Set(Object.keys(business.hours).flatMap((key) => daysNamed(key)))
  const days = [1, 2, 3, 4, 5, 6, 0].filter((day) => !named.has(day)).map((day) => DAY_NAMES[day]!)
  if (days.length === 0) return []
  const list = days.length === 1 ? days[0]! : `${days.slice(0, -1).join(', ')} and ${days.at(-1)!}`
  return [
    warning(
      ['business', 'hours'],
      `${list} ${days.length === 1 ? 'is' : 'are'} not listed and counts as closed: write "closed" to make it plain`,
    ),
  ]
}

const directoryWarnings = ({ directory, routes }: SettingsDocument): Finding[] =>
  directory.flatMap(({ name, route }, index) => {
    const to = route !== undefined && Object.hasOwn(routes, route) ? routes[route] : undefined
    const findings: Finding[] = []
    if (route === undefined || (to && !isPerson(to)))
      findings.push(warning(['directory', index], `nobody can be connected with ${name}: give the entry a "route"`))
    const first = directory.findIndex((other) => isSameText(other.name, name))
    if (first < index)
      findings.push(warning(['directory', index, 'name'], `${name} is in the directory already, at ${first}`))
    return findings
  })

const mayMeet = (one: readonly string[] | undefined, other: readonly string[] | undefined): boolean =>
  one === undefined || other === undefined || one.some((name) => other.includes(name))

const answerWarnings = ({ answers }: SettingsDocument): Finding[] =>
  answers.flatMap(({ question, answer, modes }, index) => {
    const first = answers.findIndex(
      (other) =>
        mayMeet(modes, other.modes) && (isSameText(other.question, question) || isSameText(other.answer, answer)),
    )
    return first < index
      ? [warning(['answers', index], `says the same as "${answers[first]!.question}": keep one of the two`)]
      : []
  })

const sizeWarnings = (instances: readonly Instance[]): Finding[] =>
  instances.flatMap(({ name, size: { instructions, tools } }) => {
    const share = (instructions + tools) / PROMPT_BUDGET_TOKENS
    return share <= NEARLY
      ? []
      : [
          warning(
            ['modes', name],
            `every call begins with about ${instructions + tools} tokens (${instructions} of prompt, ${tools} of tools), ${Math.round(share * 100)} % of the ${PROMPT_BUDGET_TOKENS} that keep replies quick: shorten answers, directory or offers`,
          ),
        ]
  })

/** Days that are over: closures of the business, absences of people. */
const pastWarnings = ({ business, directory }: SettingsDocument, now: Date): Finding[] => {
  const today = localDate(now, business.timeZone)
  const overAt = (path: Path, days: unknown): Finding[] =>
    (Array.isArray(days) ? days : []).flatMap((day: unknown, index) => {
      const last = isFields(day) ? (day.to ?? day.from) : undefined
      return typeof last === 'string' && last < today
        ? [warning([...path, index], `is over since ${last}: remove it`)]
        : []
    })
  return [
    ...overAt(['business', 'closures'], business.closures),
    ...directory.flatMap(({ absences }, index) => overAt(['directory', index, 'absences'], absences)),
  ]
}

/** What has been left as the example or a template has it. */
const templateWarnings = ({ business, routes, directory }: SettingsDocument): Finding[] => {
  // All of the example is made up, so that its name says enough.
  if (business.name === EXAMPLE_BUSINESS)
    return [
      warning(['business', 'name'], `is the example's, "${EXAMPLE_BUSINESS}": callers hear it until you set yours`),
    ]
  return [
    ...(['name', 'address', 'website'] as const).flatMap((field) => {
      const value = business[field]
      return value !== undefined && OTHERS.some((other) => other.business[field] === value)
        ? [warning(['business', field], `is that of a template, "${value}": set yours`)]
        : []
    }),
    ...directory.flatMap(({ name, role }, index) =>
      // Without a role it is a department, and yours may have the same name.
      role !== undefined &&
      OTHERS.some((other) => other.directory?.some((one) => one.name === name && one.role === role))
        ? [warning(['directory', index], `${name}, ${role}, is somebody of a template: set your own people`)]
        : [],
    ),
    ...Object.entries(routes).flatMap(([key, route]) =>
      isPerson(route) && BELONGS_TO_NOBODY.test(route.number)
        ? [warning(['routes', key, 'number'], 'belongs to nobody, it is there as an example: set yours')]
        : [],
    ),
  ]
}

/** What somebody should look at, although the document can be built. */
export const warningsAbout = (
  document: SettingsDocument,
  instances: readonly Instance[],
  now: Date,
): readonly Finding[] => [
  ...templateWarnings(document),
  ...hoursWarnings(document),
  ...greetingWarnings(document),
  // Its departments are those of the environment, which has none at first.
  ...(document.business.name === EXAMPLE_BUSINESS ? [] : directoryWarnings(document)),
  ...answerWarnings(document),
  ...sizeWarnings(instances),
  ...(document.numbers.fallback === undefined
    ? [warning(['numbers', 'fallback'], 'is not set: when the model is not available, callers hear an apology only')]
    : []),
  ...pastWarnings(document, now),
]
