import { faultOf, GatewayError } from '../errors.ts'
import type { HeardPart, ModelConnection } from '../model.ts'
import type { CallParts } from './parts.ts'
import { isRecordedGreeting } from './phrase-id.ts'

/** What the model is told of the greeting. */
export interface ModelGreeting {
  /** Asks a connection to greet, in the words of the mode if it has any. Never rejects. */
  ask(connection: ModelConnection | undefined): Promise<void>
  /** A new connection goes on after a greeting that broke off. A callee is waiting to hear why we call. */
  brokeOff(connection: ModelConnection): void
  /** The model believes it has said all of a recorded greeting: tells it what the caller has heard. */
  interrupted(heard: readonly HeardPart[]): void
}

const quoted = (words: string): string => `"${words.replaceAll('"', "'")}"`

/** Creates it; `active` is the present connection. */
export const createModelGreeting = (parts: CallParts, active: () => ModelConnection | undefined): ModelGreeting => {
  const { facts, briefing, greeting, story, dispatch, problem } = parts

  /** Gives the model up because the mode could not brief the call. */
  const failedBriefing = (cause: unknown): void => {
    const error = new GatewayError('mode_failed', 'The mode could not brief this call.', { cause })
    problem(error)
    dispatch({ type: 'modelLost', error: faultOf(error), retry: false })
  }

  return {
    async ask(connection) {
      const briefed = await briefing.catch(failedBriefing)
      if (!briefed) return
      const { greeting: words } = briefed
      const isActive = connection === active()
      // The reducer handles a missing greeting for the active connection; a spare one is asked for a reply here.
      if (words === undefined)
        return isActive ? dispatch({ type: 'greetingMissing' }) : connection?.send({ type: 'reply' })
      const text = `The call is connected. Open it by saying exactly: ${quoted(words)}`
      if (connection && isActive && greeting.mayRecord) greeting.tap.begin()
      connection?.send({ type: 'addMessage', role: 'system', text })
      connection?.send({ type: 'reply' })
    },
    brokeOff(connection) {
      const next =
        facts.direction === 'outbound'
          ? 'say in a few words and without details why you call, unless they have heard it'
          : 'ask what you can do for them'
      const text = `The caller has heard your greeting break off. Do not greet again: go on, and ${next}.`
      connection.send({ type: 'addMessage', role: 'system', text })
    },
    interrupted(heard) {
      const cut = heard.find(({ itemId, heardMs, sentMs }) => isRecordedGreeting(itemId) && heardMs < sentMs)
      if (!cut) return
      const words = story.heardText(cut.itemId)
      const part = words === '' ? 'nothing of your greeting' : `only this of your greeting: ${quoted(words)}`
      active()?.send({ type: 'addMessage', role: 'system', text: `The caller has heard ${part}.` })
    },
  }
}
