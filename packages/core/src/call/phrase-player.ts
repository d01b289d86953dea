import type { PhraseKey } from '../phrases.ts'
import type { CallerLeg } from './caller-leg.ts'
import type { ModelLeg } from './model-leg.ts'
import type { CallParts } from './parts.ts'
import { phraseId } from './phrase-id.ts'

/** Plays phrases: they are written into the story, and the model is told that it said them. */
export const createPhrasePlayer = (
  { mode, deps, story }: CallParts,
  caller: Pick<CallerLeg, 'flush' | 'play'>,
  model: Pick<ModelLeg, 'said'>,
): ((key: PhraseKey) => void) => {
  let played = 0
  return (key) => {
    const phrase = deps.phrases?.find(key, mode.voice ?? deps.defaultVoice, mode.language)
    if (!phrase) return
    const itemId = phraseId(++played)
    story.insertItem(itemId, 'assistant')
    story.transcript(itemId, 'assistant', phrase.text)
    // Held audio goes out first; without a model the audio path to the caller is not open yet.
    caller.flush()
    caller.play(phrase.payload, itemId)
    model.said(phrase.text)
  }
}

/** Plays the recorded greeting. A model that is there is told now that it said it, a later one as soon as it is configured. */
export const createGreetingPlayer =
  (
    { greeting, relay, state, stopwatch }: Pick<CallParts, 'greeting' | 'relay' | 'state' | 'stopwatch'>,
    caller: Pick<CallerLeg, 'flush' | 'play'>,
    model: Pick<ModelLeg, 'send'>,
  ): (() => void) =>
  () => {
    const recording = greeting.play()
    if (!recording) return
    const { text, payload, itemId } = recording
    // An end that was awaited on an earlier stream must not be reported before this audio is there.
    caller.play(payload, itemId)
    caller.flush()
    stopwatch.greetingPlayed(relay.counters.framesOut)
    if (state().model === 'configured') model.send({ type: 'addMessage', role: 'assistant', text })
  }
