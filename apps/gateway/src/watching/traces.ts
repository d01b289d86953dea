import type { CallNotice, CallSession, Clock, Timer } from '@llc-phone/core'
import type { Logger } from 'pino'
import type { TraceSettings } from '../configuration/traces-env.ts'
import { spansOf } from './call-spans.ts'
import { describeCause } from './describe-cause.ts'

/** Traces of calls, posted to a collector. */
export interface Traces {
  /** The W3C context of a call: the same in every process, because it comes from the call's id. */
  traceparentOf(callId: string): string
  /** Has a call that we place continue the trace of who asked for it. What is no `traceparent` is ignored. */
  continue(callId: string, traceparent: string): void
  /** Makes the spans of a call when its last notice comes. */
  observe(call: CallSession, notice: CallNotice): void
  /** Posts what is left, five seconds at most. */
  stop(): Promise<void>
}

/** What traces need of the gateway. */
export interface TraceParts {
  readonly settings: TraceSettings
  /** A call of this process, also one that has ended. */
  find(callId: string): CallSession | undefined
  /** What the call has cost so far, in US dollars, if that is known. */
  costOf(call: CallSession): number | undefined
  readonly clock: Clock
  readonly log: Logger
}

/** How long the end of a caller's leg is awaited after the assistant has left, before the trace goes without it. */
const LEG_LIMIT_MS = 3_600_000

/** Calls whose leg's end is awaited; the oldest goes without it. */
const MAX_WAITING = 1_000

/**
 * Opens the traces. Nothing of OpenTelemetry is loaded before. A call costs nothing until it has ended: its spans are made of
 * its story then.
 */
export const openTraces = async ({ settings, find, costOf, clock, log }: TraceParts): Promise<Traces> => {
  const { createSpanSink } = await import('./span-sink.ts')
  const sink = createSpanSink(settings, clock, log)
  /** By id, because an ended call takes the place of its session. */
  const waiting = new Map<string, Timer>()

  const make = (callId: string, call = find(callId)): void => {
    waiting.get(callId)?.stop()
    waiting.delete(callId)
    try {
      if (!call) return
      const told = { story: call.story(), costUsd: costOf(call), tools: call.mode.tools.map(({ name }) => name) }
      sink.add(callId, spansOf(told, clock.date().getTime()))
    } catch (error) {
      log.error({ callId, ...describeCause(error) }, 'no trace of a call')
    }
  }

  const wait = (callId: string): void => {
    const [oldest] = waiting.keys()
    if (oldest && waiting.size >= MAX_WAITING) make(oldest)
    waiting.set(
      callId,
      clock.after(LEG_LIMIT_MS, () => make(callId)),
    )
  }

  return {
    traceparentOf: sink.traceparentOf,
    continue: sink.continue,
    observe(call, notice) {
      const { callId } = call.facts
      if (notice.type === 'leg' && notice.isOver && waiting.has(callId)) make(callId, call)
      if (notice.type !== 'phase' || notice.phase !== 'ended') return
      if (call.story().endedAt === undefined) wait(callId)
      else make(callId, call)
    },
    async stop() {
      for (const callId of waiting.keys()) make(callId)
      await sink.stop()
    },
  }
}
