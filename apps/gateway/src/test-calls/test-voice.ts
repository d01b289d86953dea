import { findVoice, VOICE_PACKAGE } from '@llc-phone/virtual-carrier/voice-program'

/** Whether the synthesised voice, an optional dependency, is there. */
export const canSpeak: boolean = findVoice() !== undefined

/** As a voice that the simulated model knows; loaded, in a thread of its own, with the first line. Rejects with a sentence. */
export const speak = async (text: string): Promise<Buffer> => {
  if (!canSpeak)
    throw new Error(
      `Typed lines cannot be spoken: the package ${VOICE_PACKAGE} is not installed beside the gateway. Speak, press keys, or play an audio file.`,
    )
  const voice = await import('@llc-phone/virtual-carrier/voice')
  return voice.speak(text, 'rms')
}
