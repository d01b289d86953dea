import { GatewayError } from '../errors.ts'
import type { Instruction, Line } from '../line.ts'
import { createAllowance, refuseRing, type AllowanceSpent, type GrantRefusal } from './allowance.ts'
import type { CallParts } from './parts.ts'
import { shortenText } from './shorten-text.ts'
import type { Consultation } from '../departure.ts'
import { runTool, type ToolResult } from './tool-runner.ts'

/** The longest name a tool may have. */
const MAX_NAME_LENGTH = 64

/** Slow work of a call beside its audio: tools, carrier requests. Nothing here rejects; results come back as events. */
export interface Errands {
  /** How much of its grant the call has used. */
  readonly spent: AllowanceSpent
  runTool(toolCallId: string, name: string, argumentsJson: string): Promise<void>
  abortTools(): void
  /** Instructs the carrier. */
  follow(instruction: Instruction): Promise<void>
  ringPerson(consultation: Consultation): Promise<void>
  dropPerson(): Promise<void>
}

const failed = (what: string, cause: unknown): GatewayError => new GatewayError('call_control_failed', what, { cause })

/** Ends the leg of the person being rung, if there is one. Never rejects; `problem` is told of a failure. */
export const dropPerson = async (
  line: Pick<Line, 'dropPerson'>,
  callId: string,
  problem: (error: GatewayError) => void,
): Promise<void> => {
  try {
    await line.dropPerson(callId)
  } catch (cause) {
    problem(failed('The leg of the person being rung could not be ended.', cause))
  }
}

export const createErrands = (parts: CallParts): Errands => {
  const { facts, mode, deps, briefing, story, playout, dispatch, problem } = parts
  const { clock, line } = deps
  const tools = new AbortController()
  const allowance = createAllowance(parts.state().grant, parts.spent)
  const reportedLimits = new Set<GrantRefusal['limit']>()

  /** Reports each limit once: a model that keeps asking must not fill the log. */
  const tellLimit = ({ limit }: GrantRefusal): void => {
    if (reportedLimits.has(limit)) return
    reportedLimits.add(limit)
    problem(new GatewayError('call_limit_reached', `The call has used up its grant: ${limit}.`))
  }

  const hasEffect = (name: string): boolean => {
    const tool = mode.tools.find((each) => each.name === name)
    return tool !== undefined && tool.effect !== 'read' && tool.effect !== 'listen'
  }

  const run = async (name: string, argumentsJson: string): Promise<ToolResult> => {
    const options = {
      clock,
      aborted: tools.signal,
      allowance,
      line: line.can,
      refuseRing: (number: string) => refuseRing(parts.state().grant, parts.state().rung, number),
    }
    try {
      const { known } = await briefing
      // If this process dies meanwhile, the next one must know that the tool may have run.
      const isOurs = deps.persist && hasEffect(name) ? await deps.persist() : true
      if (!isOurs || tools.signal.aborted)
        return { output: '{"error":"The tool was stopped."}', spoken: true, outcome: 'aborted' }
      const traceparent = deps.traceparentOf?.(facts.callId)
      const context = { facts, known, now: () => clock.date(), ...(traceparent === undefined ? {} : { traceparent }) }
      return await runTool(mode.tools, { name, argumentsJson }, context, options)
    } catch (cause) {
      // Without a briefing the tools have nothing to work on.
      return { output: '{"error":"That did not work."}', spoken: true, outcome: 'failed', cause }
    }
  }

  return {
    get spent() {
      return allowance.spent
    },
    async runTool(toolCallId, wanted, argumentsJson) {
      const startedAt = clock.now()
      const name = shortenText(wanted, MAX_NAME_LENGTH)
      const { output, spoken, request, outcome, undone, cause, refused } = await run(wanted, argumentsJson)
      if (cause !== undefined)
        deps.observe({ type: 'problem', code: 'tool_failed', message: `The tool ${name} failed.`, cause })
      if (refused) tellLimit(refused)
      const durationMs = Math.round(clock.now() - startedAt)
      // Refusals at once say nothing about how long the tool takes.
      if (outcome === 'done' || outcome === 'timed_out') deps.toolTimes.note(mode.name, wanted, durationMs)
      story.tool({ name, durationMs, outcome }, argumentsJson, output)
      dispatch({
        type: 'toolSettled',
        toolCallId,
        output,
        spoken,
        ...(outcome === 'done' && !undone ? {} : { failed: true }),
        ...(request ? { request } : {}),
        ...(request?.lastWords === 'none' ? { heard: playout.unheard() } : {}),
      })
    },
    abortTools: () => tools.abort(),
    async follow(instruction) {
      // The call has no leg yet; the dialer ends it once it has one.
      if (facts.legId === '') return
      // The carrier may ask another process about it.
      if (deps.persist && !(await deps.persist())) return
      try {
        if ((await line.follow(facts, instruction)) === 'followed') dispatch({ type: 'followed' })
      } catch (cause) {
        problem(failed(`The carrier could not be instructed: ${instruction.kind}.`, cause))
      }
    },
    async ringPerson(consultation) {
      // The next process must know who may be ringing, and how often they were rung.
      if (deps.persist && !(await deps.persist())) return
      // The call has ended meanwhile, or the caller has left: nothing else would stop the ringing.
      if (parts.state().consultation !== consultation || parts.state().phase === 'ended') return
      try {
        await line.ringPerson(facts, consultation)
      } catch (cause) {
        problem(failed('The person could not be rung.', cause))
        dispatch({ type: 'personGone', outcome: 'failed' })
      }
    },
    dropPerson: () => dropPerson(line, facts.callId, problem),
  }
}
