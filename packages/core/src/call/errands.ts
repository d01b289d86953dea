import { GatewayError } from '../errors.ts'
import type { CallParts } from './parts.ts'
import type { Consultation } from './state.ts'
import { runTool } from './tool-runner.ts'

/** What a call has others do while its audio goes on. None of these rejects: each reports back as an event. */
export interface Errands {
  runTool(toolCallId: string, name: string, argumentsJson: string): Promise<void>
  abortTools(): void
  /** Ends the caller's leg by REST, or by closing its stream when that fails. */
  hangUp(): Promise<void>
  ringPerson(consultation: Consultation): Promise<void>
  dropPerson(): Promise<void>
}

/** `closeStream` is the second way to hang up: Twilio then asks what comes next. */
export const createErrands = (parts: CallParts, closeStream: () => void): Errands => {
  const { facts, mode, deps, briefing, ledger, dispatch, problem } = parts
  const { clock, control } = deps
  const tools = new AbortController()
  const failed = (what: string, cause: unknown): void =>
    problem(new GatewayError('call_control_failed', what, { cause }))

  return {
    async runTool(toolCallId, name, argumentsJson) {
      const startedAt = clock.now()
      const { known } = await briefing
      const result = await runTool(mode.tools, { name, argumentsJson }, { facts, known }, clock, tools.signal)
      if (result.cause !== undefined)
        deps.observe({ type: 'problem', code: 'tool_failed', message: `The tool ${name} failed.`, cause: result.cause })
      ledger.tool({ name: name.slice(0, 64), durationMs: Math.round(clock.now() - startedAt), outcome: result.outcome })
      const { output, spoken, request } = result
      dispatch({ type: 'toolSettled', toolCallId, output, spoken, ...(request ? { request } : {}) })
    },
    abortTools: () => tools.abort(),
    async hangUp() {
      // There is no leg yet; whoever is placing the call ends it as soon as there is one.
      if (facts.callSid === '') return
      try {
        await control.hangUp(facts.callSid)
      } catch (cause) {
        failed('The hang-up by REST failed; the stream is closed instead.', cause)
        closeStream()
      }
    },
    async ringPerson(consultation) {
      try {
        await control.ringPerson(facts, consultation)
      } catch (cause) {
        failed('The person could not be rung.', cause)
        dispatch({ type: 'personGone', outcome: 'failed' })
      }
    },
    async dropPerson() {
      try {
        await control.dropPerson(facts.callId)
      } catch (cause) {
        failed('The leg of the person being rung could not be ended.', cause)
      }
    },
  }
}
