import type { CallStory, ToolRun } from '@llc-phone/core'

/** How much of tool inputs and results is kept: nothing, everything but personal data, or all of it. */
export const toolDataPolicies = ['off', 'redacted', 'full'] as const
export type ToolDataPolicy = (typeof toolDataPolicies)[number]

const MASK = '•'

/** Fields whose texts are words of our own, by which a run is understood. */
const PLAIN: ReadonlySet<string> = new Set([
  'status',
  'outcome',
  'state',
  'kind',
  'type',
  'code',
  'urgency',
  'route',
  'destination',
])

/** A word such as `no_answer`; names of people have capitals or spaces. */
const isWord = (text: string): boolean => /^[a-z][a-z0-9_-]{0,39}$/.test(text)

/** As long as sentences of tools are; to look through much longer ones would take long while calls go on. */
const MAX_SENTENCE_LENGTH = 1_000

/** A sentence of a tool, without digits and without words that look like names. */
const maskedSentence = (text: string): string =>
  text
    .replaceAll(/["'“”‘][^"“”’]*["'“”’](?=\W|$)/g, `"${MASK}"`)
    .replaceAll(/\S*[\d@]\S*?(?=[.,;:!?]*(?:\s|$))/g, MASK)
    .replaceAll(/(?<![.!?:]\s|^)\b(?!I\b)\p{Lu}[\p{L}'-]*/gu, MASK)

/** Numbers of at least four digits can be PINs, years of birth or parts of telephone numbers. */
const redacted = (value: unknown, key = ''): unknown => {
  if (typeof value === 'string') {
    if (value === '' || (PLAIN.has(key) && isWord(value))) return value
    return key === 'error' && value.length <= MAX_SENTENCE_LENGTH ? maskedSentence(value) : MASK
  }
  if (typeof value === 'number') return Math.abs(value) < 1_000 ? value : MASK
  if (Array.isArray(value)) return value.map((item) => redacted(item, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, redacted(inner, name)]))
}

/** The runs with as much of their inputs and results as may be kept and shown. */
export const keptToolData = (runs: readonly ToolRun[], policy: ToolDataPolicy): readonly ToolRun[] => {
  if (policy === 'full') return runs
  return runs.map(({ input, result, ...run }) => {
    if (policy === 'off') return run
    return {
      ...run,
      ...(input === undefined ? {} : { input: redacted(input) }),
      ...(result === undefined ? {} : { result: redacted(result) }),
    }
  })
}

/** The events of a story without what tools were asked and have said, unless that may be shown. */
export const eventsToShow = (events: CallStory['events'], policy: ToolDataPolicy): CallStory['events'] =>
  policy === 'full'
    ? events
    : events.map((entry) => {
        const { event } = entry
        if (event.type === 'toolCalled') return { ...entry, event: { ...event, argumentsJson: MASK } }
        return event.type === 'toolSettled' ? { ...entry, event: { ...event, output: MASK } } : entry
      })
