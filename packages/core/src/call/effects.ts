import type { Fault } from '../errors.ts'
import type { PhraseKey } from '../phrases.ts'
import type { CallMemory } from './call-memory.ts'
import type { CallerLeg } from './caller-leg.ts'
import type { CarryOver } from './carry-over.ts'
import type { Errands } from './errands.ts'
import type { CallEffect } from './events.ts'
import type { ModelLeg } from './model-leg.ts'
import type { Timers } from './timers.ts'

/** The parts that perform the effects of a call. */
export interface Performers {
  readonly model: ModelLeg
  readonly caller: CallerLeg
  readonly errands: Errands
  readonly timers: Timers
  readonly memory: Pick<CallMemory, 'sent'>
  readonly carryOver: Pick<CarryOver, 'settled'>
  playPhrase(phrase: PhraseKey): void
  playGreeting(): void
  problem(error: Fault): void
  release(): void
}

/** Passes each effect to the part that performs it. */
export const createPerformer = ({
  model,
  caller,
  errands,
  timers,
  memory,
  carryOver,
  ...call
}: Performers): ((effect: CallEffect) => void) => {
  return (effect) => {
    switch (effect.type) {
      case 'model.open':
        return model.open(effect.resume)
      case 'model.close':
        return model.close()
      case 'model.send':
        memory.sent(effect.command)
        return model.send(effect.command)
      case 'model.configureConversation':
        return model.configureConversation()
      case 'model.greet':
        return void model.greet()
      case 'model.openSpare':
        return model.openSpare(effect.asks ?? true)
      case 'model.adoptSpare':
        return model.adoptSpare()
      case 'model.closeSpare':
        return model.closeSpare()
      case 'phrase.play':
        return call.playPhrase(effect.phrase)
      case 'greeting.play':
        return call.playGreeting()
      case 'report':
        return call.problem(effect.error)
      case 'media.clear':
        return caller.clear()
      case 'media.weighSpeech':
        return caller.weighSpeech(effect.against)
      case 'playout.flush':
        return caller.flush()
      case 'playout.awaitEnd':
        return caller.awaitEnd()
      case 'tool.run':
        return void errands.runTool(effect.toolCallId, effect.name, effect.argumentsJson)
      case 'tool.keepOutput':
        return carryOver.settled(effect.toolCallId, effect.output)
      case 'tool.abortAll':
        return errands.abortTools()
      case 'timer.start':
        return timers.start(effect.timer, effect.delayMs)
      case 'timer.stop':
        return timers.stop(effect.timer)
      case 'line.follow':
        return void errands.follow(effect.instruction)
      case 'line.ringPerson':
        return void errands.ringPerson(effect.consultation)
      case 'line.dropPerson':
        return void errands.dropPerson()
      case 'release':
        return call.release()
    }
  }
}
