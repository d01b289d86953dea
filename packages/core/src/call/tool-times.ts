import type { Tool } from '../mode/tool.ts'
import type { ToolSpec } from '../model.ts'

/** A tool is slow when it usually takes this long. */
const SLOW_MS = 1_000
/** A slow tool counts as quick again only below this, because each change costs the model its cached prompt. */
const QUICK_MS = 500
const MIN_RUNS = 3
const KEPT_RUNS = 9

/** How long tools have taken lately, over all calls of a process. */
export interface ToolTimes {
  /** Notes how long a run of the tool `name` of a mode took. */
  note(mode: string, name: string, durationMs: number): void
  /** Whether the caller should be told before the tool runs: as the tool declares, else by its history. */
  isSlow(mode: string, tool: Pick<Tool, 'name' | 'slow'>): boolean
}

/** Keeps the last runs of each tool in memory. Only tools that exist are noted, so it does not grow. */
export const createToolTimes = (): ToolTimes => {
  const histories = new Map<string, { readonly runsMs: number[]; slow: boolean }>()
  const keyOf = (mode: string, name: string): string => `${mode}:${name}`
  return {
    note(mode, name, durationMs) {
      const history = histories.get(keyOf(mode, name)) ?? { runsMs: [], slow: false }
      histories.set(keyOf(mode, name), history)
      history.runsMs.push(durationMs)
      if (history.runsMs.length > KEPT_RUNS) history.runsMs.shift()
      if (history.runsMs.length < MIN_RUNS) return
      const usual = history.runsMs.toSorted((a, b) => a - b)[history.runsMs.length >> 1]!
      history.slow = usual >= (history.slow ? QUICK_MS : SLOW_MS)
    },
    isSlow: (mode, { name, slow }) => slow ?? histories.get(keyOf(mode, name))?.slow ?? false,
  }
}

/** Appended to the tool's description rather than the prompt: it is read when it matters, and every mode has it. */
const ANNOUNCE = 'This takes a moment: first say in a few words what you are doing, then call it.'

/** The tools as the model sees them; it is asked to speak before it calls a slow one. */
export const toolSpecs = (mode: string, tools: readonly Tool[], times: ToolTimes): ToolSpec[] =>
  tools.map((tool) => {
    const { name, description, parameters } = tool
    return { name, description: times.isSlow(mode, tool) ? `${description} ${ANNOUNCE}` : description, parameters }
  })
