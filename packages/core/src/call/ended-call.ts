import type { Clock } from '../clock.ts'
import type { Fault, GatewayError } from '../errors.ts'
import type { AcceptLine, Line } from '../line.ts'
import { endsLeg, type LegNews } from './aftermath.ts'
import { dropPerson } from './errands.ts'
import { instructionOf } from './instruction.ts'
import type { CallNotice } from './observer.ts'
import type { CallSession } from './session.ts'
import type { CallStory } from './call-story.ts'

const ignore = (): void => {}

const OVER: Fault = { code: 'call_not_talking', message: 'The call is over.' }

/** What an ended call still needs of its process. */
export interface EndedCallDeps {
  readonly clock: Clock
  readonly line: Line
  /** When the session ended, by the clock. */
  readonly endedAtMs: number
  problem(error: GatewayError): void
  observe(notice: CallNotice): void
}

/**
 * What stays of a session that has ended: its facts, its story, and what the carrier may still ask. It refers to nothing else of the
 * session, which with its legs, prompt and timers takes many times the memory.
 */
export const createEndedCall = (
  session: CallSession,
  { clock, line, endedAtMs, problem, observe }: EndedCallDeps,
): CallSession => {
  const { facts, mode, instance, state, warmed, mediaSince, aftermath } = session
  // As text it takes a third of the memory, and is counted exactly.
  const story = JSON.stringify(session.story())
  const storyBytes = Buffer.byteLength(story)
  const isInConference = state.departure?.kind === 'conference'
  const reported = (news: LegNews): void => {
    if (aftermath.note(news)) observe({ type: 'leg', isOver: news.isOver })
  }
  const bind = (legId: string): boolean => facts.legId === legId

  return {
    facts,
    mode,
    instance,
    state,
    warmed,
    mediaSince,
    bind,
    answeredBy: ignore,
    offered: ignore,
    attach(accept: AcceptLine) {
      const connection = accept(
        {
          started: () => connection.close(),
          audio: ignore,
          quiet: ignore,
          heard: ignore,
          roundTrip: ignore,
          key: ignore,
          problem,
          ignored: ignore,
          gone: ignore,
        },
        bind,
      )
    },
    next(report) {
      const instruction = instructionOf(state, { endedForMs: clock.now() - endedAtMs, report })
      const isFallback = instruction.kind === 'fallback' && facts.direction === 'inbound'
      if (isFallback && instruction.route) {
        if (aftermath.toFallback(instruction.route, undefined)) observe({ type: 'leg', isOver: false })
      } else if (instruction.kind === 'hangUp') reported({ isOver: true })
      return instruction
    },
    transferAnswered: ignore,
    consultation: state.consultation,
    personAccepted: () => (isInConference ? state.departure.name : undefined),
    personGone: ignore,
    end(disposition) {
      if (endsLeg(disposition)) reported({ isOver: true })
      // The caller has left the conference: end the leg of the person who waits there.
      if (isInConference) void dropPerson(line, facts.callId, problem)
    },
    reported,
    aftermath,
    hangUp: ignore,
    note: () => OVER,
    transfer: () => OVER,
    listen(listener) {
      listener.over()
      return ignore
    },
    handOn: ignore,
    report: problem,
    answered: ignore,
    story: () => aftermath.tell(JSON.parse(story) as CallStory),
    takeChanges: () => undefined,
    returnChanges: ignore,
    takeEvents: () => ({ lines: [], truncated: false }),
    storyBytes,
  }
}
