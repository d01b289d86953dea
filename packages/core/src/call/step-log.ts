import type { CallEvent } from './events.ts'
import type { CallChanges, CallStep, Placed } from './memory.ts'
import { shortenArguments, shortenOutput, shortenText } from './shorten-text.ts'

/** Steps kept: as many as a new connection is told of. */
const MAX_STEPS = 40
const MAX_NAME_LENGTH = 64

/** A tool call within these limits; arguments that are too long stay valid JSON. */
export const shortToolCall = (toolCallId: string, name: string, argumentsJson: string) => ({
  toolCallId,
  name: shortenText(name, MAX_NAME_LENGTH),
  argumentsJson: shortenArguments(argumentsJson),
})

/** Told of a tool whose process died while it ran: it may have done its work. */
export const OUTCOME_UNKNOWN = JSON.stringify({
  error:
    'The outcome is not known: the line dropped while this ran, and it may have been done. Do not do it again without looking it up or asking the caller.',
})

/** The steps for the next process: what a tool without output has done is unknown. */
export const withOutcomes = (steps: readonly CallStep[]): readonly CallStep[] =>
  steps.map((step) => (step.kind === 'tool' && step.output === undefined ? { ...step, output: OUTCOME_UNKNOWN } : step))

/** Notes tool calls and keys of a call for the process that may have to go on with it. */
export const createStepLog = (sinceStart: () => number, earlier: readonly CallStep[]) => {
  let kept: Placed<{ readonly step: CallStep }>[] = []
  let placed = 0
  const changed = new Set<number>()

  const add = (step: CallStep): void => {
    kept = [...kept, { step, position: placed }].slice(-MAX_STEPS)
    changed.add(placed++)
  }
  const settle = (toolCallId: string, output: string): void => {
    // The latest: some servers number the tool calls of each session anew.
    const at = kept.findLastIndex(({ step }) => step.kind === 'tool' && step.toolCallId === toolCallId)
    const entry = kept[at]
    if (entry?.step.kind !== 'tool') return
    kept = kept.with(at, { ...entry, step: { ...entry.step, output: shortenOutput(output) } })
    changed.add(entry.position)
  }
  for (const step of earlier) add(step)

  return {
    note(event: CallEvent): void {
      if (event.type === 'toolSettled') settle(event.toolCallId, event.output)
      else if (event.type === 'toolCalled')
        add({
          kind: 'tool',
          ...shortToolCall(event.toolCallId, event.name, event.argumentsJson),
          atMs: Math.round(sinceStart()),
        })
    },
    /** The output that the model was given; it differs from the tool's own if the call refused its request. */
    told: settle,
    pressed(text: string): void {
      add({ kind: 'keys', text, atMs: Math.round(sinceStart()) })
    },
    /** The steps that are new or have changed since the last time. */
    changes(): CallChanges['steps'] {
      const all = kept.filter(({ position }) => changed.has(position))
      changed.clear()
      return all
    },
    putBack(lost: CallChanges['steps']): void {
      for (const { position } of lost) changed.add(position)
    },
  }
}
