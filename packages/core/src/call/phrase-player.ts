import { defaultLanguage, type PhraseKey } from '../phrases.ts'
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
    const phrase = deps.phrases?.find(key, mode.voice ?? deps.defaultVoice, defaultLanguage)
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
