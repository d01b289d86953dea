import type { CallFacts } from '../facts.ts'
import type { Mode } from '../mode/mode.ts'
import type { HeardPart, ModelCommand } from '../model.ts'
import type { AllowanceSpent } from './allowance.ts'
import type { CallEvent } from './events.ts'
import { keptState, nextOf, type CallChanges, type CallStep, type ResumePlan } from './memory.ts'
import type { CallState } from './state.ts'
import { createStepLog } from './step-log.ts'
import type { Story } from './story.ts'

/** Longest plan (characters) that is written with what its mode knows; customer service needs some two thousand. */
const MAX_PLAN_LENGTH = 65_536

interface CallMemoryParts {
  readonly facts: CallFacts
  readonly mode: Mode
  readonly instance: string
  readonly story: Story
  /** Steps that an earlier process has noted. */
  readonly earlier: readonly CallStep[]
  /** Another process has had the call before. */
  readonly isResumed: boolean
  state(): CallState
  spent(): AllowanceSpent
  /** The mode cannot say what it knows. */
  failed(cause: unknown): void
}

/** Notes what another process would need to go on with the call, and hands it over piece by piece. */
export const createCallMemory = (parts: CallMemoryParts) => {
  const { facts, mode, instance, story, earlier, isResumed, state, spent, failed } = parts
  const steps = createStepLog(story.sinceStart, earlier)
  let known: unknown
  /** State or knowledge may differ from the plan that was last taken. */
  let isPlanStale = true
  let hasTaken = false
  /** Also of what was taken back something may be stored. */
  let mayBeStored = isResumed
  let planTaken = ''
  /** JSON, `null` when nothing comes next. */
  let nextTaken = 'null'
  let spentTaken = 0
  let hasFailed = false

  /** What the mode knows, as JSON; `undefined` when it keeps nothing, or fails to: the look-up runs again then. */
  const knownText = (): string | undefined => {
    try {
      return known === undefined ? undefined : JSON.stringify(mode.remember?.(known))
    } catch (cause) {
      if (!hasFailed) failed(cause)
      hasFailed = true
      return undefined
    }
  }

  const planText = (): string => {
    const { name } = facts.otherParty
    const plan: ResumePlan = {
      instance,
      ...(name === undefined ? {} : { name }),
      kept: keptState(state()),
      spent: spent(),
    }
    const text = JSON.stringify(plan)
    const remembered = knownText()
    // A mode that knows more than that has its look-up run again.
    if (remembered === undefined || text.length + remembered.length > MAX_PLAN_LENGTH) return text
    return `${text.slice(0, -1)},"known":${remembered}}`
  }

  return {
    event(event: CallEvent): void {
      steps.note(event)
      isPlanStale = true
    },
    /** Notes what the model is told. */
    sent(command: ModelCommand): void {
      if (command.type === 'addMessage' && command.role === 'user') steps.pressed(command.text)
      if (command.type === 'toolOutput') steps.told(command.toolCallId, command.output)
    },
    /** Notes what the mode knows of the call, in its own form. */
    knows(all: unknown): void {
      known = all
      isPlanStale = true
    },
    /** What is new since the last time, `unheard` being the parts that are played now; `undefined` when nothing is. */
    take(unheard: readonly HeardPart[]): CallChanges | undefined {
      if (state().phase === 'ended') return undefined
      // A tool is counted when it begins to run, without an event.
      const { called, written } = spent()
      isPlanStale ||= called + written !== spentTaken
      spentTaken = called + written
      if (!isPlanStale && !story.hasChanged && unheard.length === 0) return undefined
      const plan = isPlanStale ? planText() : planTaken
      isPlanStale = false
      const changes = { ...story.changes(unheard), steps: steps.changes() }
      const { turns, tools, latency, transfers, usage } = changes
      const isNew = !hasTaken || plan !== planTaken || transfers !== undefined || usage !== undefined
      if (!isNew && [turns, tools, latency, changes.steps].every(({ length }) => length === 0)) return undefined
      const isFirst = !mayBeStored
      mayBeStored = true
      const all = { facts, mode: mode.name, replaces: !hasTaken, ...(isFirst ? { isFirst } : {}), ...changes }
      if (plan === planTaken) {
        hasTaken = true
        return all
      }
      const next = nextOf(keptState(state())) ?? null
      const nextText = JSON.stringify(next)
      const isNextNew = nextText !== nextTaken || !hasTaken
      hasTaken = true
      planTaken = plan
      nextTaken = nextText
      return { ...all, plan, ...(isNextNew ? { next } : {}) }
    },
    /** Takes back changes that could not be written: the next ones include them. */
    putBack(lost: CallChanges): void {
      story.putBack(lost)
      steps.putBack(lost.steps)
      if (lost.plan !== undefined) planTaken = ''
      if (lost.next !== undefined) nextTaken = ''
      if (lost.replaces) hasTaken = false
      isPlanStale = true
    },
  }
}

export type CallMemory = ReturnType<typeof createCallMemory>
