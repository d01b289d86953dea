import type { CallSession, Clock, GatewayError, Timer } from '@llc-phone/core'
import type { DialerProblem, StatusReport } from './dialer-types.ts'
import { KEEP_ALIVE_EVERY_MS } from './kept-alive.ts'
import type { LateNews } from './late-news.ts'
import type { OutgoingCall } from './outgoing-call.ts'

export interface OutgoingCallsOptions {
  keepAlive(callIds: readonly string[]): Promise<void>
  readonly clock: Clock
  readonly lateNews: LateNews
  problem(problem: DialerProblem): void
  track<Result>(task: Promise<Result>): Promise<Result>
}

/** The calls of this process until their end is written. Reports about any other call go to the ledger. */
export const createOutgoingCalls = ({ clock, lateNews, problem, track, ...options }: OutgoingCallsOptions) => {
  const calls = new Map<string, OutgoingCall>()
  let alive: Timer | undefined

  const keepAlive = (): void => {
    alive = undefined
    if (calls.size === 0) return
    alive = clock.after(KEEP_ALIVE_EVERY_MS, keepAlive)
    const writing = options.keepAlive([...calls.keys()])
    void track(writing.catch((cause: unknown) => problem({ message: 'The calls could not be kept alive.', cause })))
  }

  return {
    add(call: OutgoingCall): void {
      calls.set(call.callId, call)
      alive ??= clock.after(KEEP_ALIVE_EVERY_MS, keepAlive)
    },
    remove: (callId: string): void => void calls.delete(callId),
    /** Another process goes on with the call. */
    leave: (callId: string): void => calls.get(callId)?.leave(),
    has: (callId: string): boolean => calls.has(callId),
    cancel: (callId: string, error: GatewayError): boolean => calls.get(callId)?.cancel(error) ?? false,
    statusReported(callId: string, report: StatusReport): void {
      const call = calls.get(callId)
      if (call) call.report(report)
      else void track(lateNews.report(callId, report))
    },
    sessionEnded(session: CallSession, modelUsd?: number): void {
      const { callId, direction } = session.facts
      if (direction !== 'outbound') return
      const call = calls.get(callId)
      if (call) call.sessionEnded(session, modelUsd)
      else if (modelUsd !== undefined) void track(lateNews.cost(callId, modelUsd))
    },
    /** Ends calls without a conversation; conversations are ended by the gateway's drain. */
    drain(error: GatewayError): void {
      for (const call of calls.values()) call.drain(error)
    },
  }
}
