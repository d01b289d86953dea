import type { End } from './situation.ts'

/** One thing that happened on a call, in order. */
export type Entry =
  /** The caller did this step of the situation; the greeting comes before the first. */
  | { readonly kind: 'step'; readonly index: number }
  | { readonly kind: 'caller'; readonly text: string }
  | { readonly kind: 'assistant'; readonly text: string }
  | {
      readonly kind: 'tool'
      readonly name: string
      readonly input: unknown
      /** What the model was told. */
      readonly output: string
      readonly failed: boolean
    }

/** What became of one run. */
export interface Trace {
  /** Which prompt and tools it was, as stories of calls name them. */
  readonly promptVersion: string
  readonly entries: readonly Entry[]
  readonly end: End | 'open'
  /** The route the caller was put through to, or that was rung for them. */
  readonly to?: string
  /** Milliseconds from the end of the caller's words, or of a result, to the first of the assistant's. */
  readonly firstWordsMs: readonly number[]
}

/** The replies of the assistant, each with the step it came after; -1 is the greeting. */
export const repliesOf = ({
  entries,
}: Pick<Trace, 'entries'>): readonly { readonly step: number; readonly text: string }[] => {
  let step = -1
  return entries.flatMap((entry) => {
    if (entry.kind === 'step') step = entry.index
    return entry.kind === 'assistant' ? [{ step, text: entry.text }] : []
  })
}

/** What happened after a step and before the next one. */
export const afterStep = ({ entries }: Pick<Trace, 'entries'>, index: number): readonly Entry[] => {
  const from = entries.findIndex((entry) => entry.kind === 'step' && entry.index === index)
  if (from < 0) return []
  const rest = entries.slice(from + 1)
  const to = rest.findIndex(({ kind }) => kind === 'step')
  return to < 0 ? rest : rest.slice(0, to)
}

/** The call as a person, or a judge, reads it. */
export const told = ({ entries, end }: Trace): string =>
  [
    ...entries.flatMap((entry) => {
      switch (entry.kind) {
        case 'step':
          return []
        case 'caller':
          return [`Caller: ${entry.text}`]
        case 'assistant':
          return [`Assistant: ${entry.text}`]
        case 'tool':
          return [`[The assistant calls ${entry.name}(${JSON.stringify(entry.input)}) and is told: ${entry.output}]`]
      }
    }),
    `[End of the call: ${end}]`,
  ].join('\n')
