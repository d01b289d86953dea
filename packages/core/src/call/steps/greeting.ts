import type { CallState, Step } from '../state.ts'

/** The greeting is being said, by the model or from a recording, and was not heard to its end yet. */
export const isGreeting = ({ greeting }: Pick<CallState, 'greeting'>): boolean =>
  greeting === 'asked' || greeting === 'playing'

/** Nothing more is said of the greeting, or all of it was heard. */
export const endGreeting = <State extends Pick<CallState, 'greeting'>>(state: State): State =>
  isGreeting(state) ? { ...state, greeting: 'heard' } : state

/** Notes that the caller hears the greeting: audio is playing, and it is not a phrase that bridges the wait. */
export const beginGreeting = (state: CallState): CallState =>
  isGreeting(state) && state.sounding && !state.bridging ? { ...state, greetingBegun: true } : state

/** There is a recording of the greeting, so the model is not asked for it. */
export const onGreetingFound = (state: CallState): Step => [
  state.greeting === 'due' ? { ...state, greeting: 'recorded' } : state,
  [],
]

/** Plays the recorded greeting as soon as the caller's audio is there, whether or not the model is. */
export const playGreeting = ([state, effects]: Step): Step => {
  const isHeard = state.mediaAttached && (state.phase === 'joining' || state.phase === 'live')
  if (state.greeting !== 'recorded' || !isHeard) return [state, effects]
  return [
    { ...state, greeting: 'playing', turn: 'speaking', bridging: false, phrases: 0 },
    [...effects, { type: 'greeting.play' }, { type: 'playout.awaitEnd' }],
  ]
}

/** The recorded greeting is playing, and the caller has not spoken: they do not notice a change of the model's connection. */
export const isOnlyGreeted = ({ greeting, callerTurns, callerSpeaking }: CallState): boolean =>
  greeting === 'playing' && callerTurns === 0 && !callerSpeaking
