import type { CallSession, Instruction, LineLog, TurnedAway } from '@llc-phone/core'
import type { MediaTokens } from './media/media-tokens.ts'
import type { Twiml } from './twiml.ts'

/** TwiML for decisions about a caller. */
export interface Documents {
  /** Connects the caller with the media stream of their call; call `offered` of the call first. */
  connect(callId: string): string
  /** Carries out what the call has decided for its caller. */
  follow(call: CallSession, instruction: Instruction): string
  /** Has Twilio ask another instance: what comes next, or this path, at once or after a pause (s). */
  askInstance(instance: string, path?: string, afterS?: number): string
  /** Apologises, then transfers to the route if there is one. */
  turnAway(turned: TurnedAway): string
}

/** Makes the TwiML of calls. */
export const createDocuments = (
  twiml: Twiml,
  tokens: Pick<MediaTokens, 'issue'>,
  log: LineLog,
  publicUrl: string,
): Documents => {
  const connect = (callId: string): string => twiml.stream(tokens.issue(callId))

  const turnAway = ({ direction, language, dialled, fallback }: TurnedAway, interrupts = false): string =>
    direction === 'outbound'
      ? twiml.farewell(language, 'calleeApology')
      : twiml.apology(language, dialled, fallback, interrupts)

  return {
    connect,
    askInstance: (instance, path = 'after-stream', afterS = 0) =>
      twiml.redirect(`${publicUrl}/i/${instance}/twilio/${path}`, afterS),
    turnAway: (turned) => turnAway(turned),
    follow({ facts, mode: { language }, state }, instruction) {
      const { callId, legId, direction, dialled } = facts
      switch (instruction.kind) {
        case 'connect':
          return connect(callId)
        case 'keys':
          return twiml.keys(instruction.digits, tokens.issue(callId))
        case 'dial':
          return twiml.dial(instruction.number, dialled, instruction.extension)
        case 'record':
          return twiml.record(instruction.route)
        case 'conference':
          return twiml.conference(instruction.name, 'caller')
        case 'fallback': {
          const { departure } = state
          const error = departure?.kind === 'fallback' ? departure.error : undefined
          log.warn(
            { callId, legId, code: error?.code, reason: error?.message },
            instruction.route && direction === 'inbound'
              ? 'caller goes to the fallback route'
              : 'caller hears an apology, there is no fallback route',
          )
          return turnAway({ direction, language, dialled, fallback: instruction.route }, instruction.interrupts)
        }
        case 'hangUp':
          return twiml.hangUp()
      }
    },
  }
}
