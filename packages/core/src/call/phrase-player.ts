import { defaultLanguage, type PhraseKey } from '../phrases.ts'
import type { CallerLeg } from './caller-leg.ts'
import type { ModelLeg } from './model-leg.ts'
import type { CallParts } from './parts.ts'
import { phraseId } from './phrase-id.ts'

/** Plays phrases: audio like any other, in the story, and for the model something it said. */
export const createPhrasePlayer = (
  { mode, deps, story }: CallParts,
  caller: Pick<CallerLeg, 'flush' | 'play'>,
  model: Pick<ModelLeg, 'said'>,
): ((key: PhraseKey) => void) => {
  let played = 0
  return (key) => {
    const phrase = deps.phrases?.find(key, mode.voice ?? deps.defaultVoice, defaultLanguage)
    if (!phrase) return
    const itemId = phraseId(++played)
    story.place(itemId, 'assistant')
    story.transcript(itemId, 'assistant', phrase.text)
    // While the model is still being opened the caller's ear is not connected yet.
    caller.flush()
    caller.play(phrase.payload, itemId)
    model.said(phrase.text)
  }
}
