import type { Clock } from '../clock.ts'
import type { GatewayError } from '../errors.ts'
import type { AcceptLine, Line } from '../line.ts'
import { dropPerson } from './errands.ts'
import { instructionOf } from './instruction.ts'
import type { CallSession } from './session.ts'
import type { CallStory } from './call-story.ts'

const ignore = (): void => {}

/** What an ended call still needs of its process. */
export interface EndedCallDeps {
  readonly clock: Clock
  readonly line: Line
  /** When the session ended, by the clock. */
  readonly endedAtMs: number
  problem(error: GatewayError): void
}

/**
 * What stays of a session that has ended: its facts, its story, and what the carrier may still ask. It refers to nothing else of the
 * session, which with its legs, prompt and timers takes many times the memory.
 */
export const createEndedCall = (
  session: CallSession,
  { clock, line, endedAtMs, problem }: EndedCallDeps,
): CallSession => {
  const { facts, mode, state, warmed, mediaSince } = session
  // As text it takes a third of the memory, and is counted exactly.
  const story = JSON.stringify(session.story())
  const storyBytes = Buffer.byteLength(story)
  const isInConference = state.departure?.kind === 'conference'
  const bind = (legId: string): boolean => facts.legId === legId

  return {
    facts,
    mode,
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
    next: (report) => instructionOf(state, { endedForMs: clock.now() - endedAtMs, report }),
    transferAnswered: ignore,
    consultation: state.consultation,
    personAccepted: () => (isInConference ? state.departure.name : undefined),
    personGone: ignore,
    end() {
      // The caller has left the conference: end the leg of the person who waits there.
      if (isInConference) void dropPerson(line, facts.callId, problem)
    },
    hangUp: ignore,
    handOn: ignore,
    answered: ignore,
    story: () => JSON.parse(story) as CallStory,
    takeChanges: () => undefined,
    returnChanges: ignore,
    takeEvents: () => ({ lines: [], truncated: false }),
    storyBytes,
  }
}
