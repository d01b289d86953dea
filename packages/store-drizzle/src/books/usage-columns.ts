import type { CallStory } from '@llc-phone/core'

/** The usage of a call as columns of its row. */
export const usageColumns = ({ input, output, transcription }: CallStory['usage']) => ({
  inputText: input.text,
  inputAudio: input.audio,
  inputCachedText: input.cachedText,
  inputCachedAudio: input.cachedAudio,
  outputText: output.text,
  outputAudio: output.audio,
  transcription: transcription ?? null,
})
