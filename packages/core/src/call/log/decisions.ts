import type { ModelCommand } from '../../model.ts'
import type { CallEffect, CallEvent } from '../events.ts'
import { instructionOf } from '../instruction.ts'
import type { CallState } from '../state.ts'

const words = (...parts: readonly (string | number | false | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== false).join(' ')

const commandOf = (command: ModelCommand): string => {
  switch (command.type) {
    case 'addMessage':
      return words('addMessage', command.role)
    case 'interrupt':
      return words('interrupt', command.cause)
    case 'reply':
      return words('reply', command.again && 'again')
    case 'addHistory':
    case 'configure':
    case 'toolOutput':
    case 'dismissTurn':
    case 'endTurn':
    case 'probe':
      return command.type
  }
}

/** A short description of an effect without personal data: its type and the parameters that were decided, no texts. */
const outlineOf = (effect: CallEffect): string => {
  switch (effect.type) {
    case 'model.open':
      return words('model.open', effect.resume && 'resume')
    case 'model.send':
      return words('model.send', commandOf(effect.command))
    case 'model.openSpare':
      return words('model.openSpare', effect.asks === false && 'silent')
    case 'phrase.play':
      return words('phrase.play', effect.phrase)
    case 'line.follow':
      return words('line.follow', effect.instruction.kind)
    case 'timer.start':
      return words('timer.start', effect.timer, effect.delayMs)
    case 'timer.stop':
      return words('timer.stop', effect.timer)
    case 'media.weighSpeech':
      return words('media.weighSpeech', effect.against)
    case 'report':
      return words('report', effect.error.code)
    default:
      return effect.type
  }
}

/** The decisions about an event: its effects, and the instruction given to a carrier that asked. */
export const decisionsOf = (before: CallState, event: CallEvent, effects: readonly CallEffect[]): readonly string[] => {
  const outlines = effects.map(outlineOf)
  if (event.type !== 'followed' || !event.asked) return outlines
  return [words('answer', instructionOf(before, event.asked).kind), ...outlines]
}
