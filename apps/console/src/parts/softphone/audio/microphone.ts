import type { TypingReason } from '../call-state.ts'
import type { SoundChoice } from './echo.ts'

/** A microphone that is open, or why there is none. */
export type Microphone =
  | { readonly stream: MediaStream; readonly deviceId: string }
  | { readonly reason: Exclude<TypingReason, 'chosen' | 'unplugged'> }

/** What the browser is to do with the sound for each choice: nothing with headphones, where it would only do harm. */
const processingFor = (choice: SoundChoice): MediaTrackConstraints => {
  const isOn = choice !== 'headphones'
  return { channelCount: 1, echoCancellation: isOn, noiseSuppression: isOn, autoGainControl: isOn }
}

const REASONS: Readonly<Record<string, 'refused' | 'noDevice' | 'inUse'>> = {
  NotAllowedError: 'refused',
  SecurityError: 'refused',
  NotFoundError: 'noDevice',
  OverconstrainedError: 'noDevice',
  NotReadableError: 'inUse',
  AbortError: 'inUse',
}

/** Asks for the microphone. The question may stay open for as long as the person likes. */
export const openMicrophone = async (choice: SoundChoice, deviceId?: string): Promise<Microphone> => {
  // Browsers hide the devices from pages that came over plain HTTP, except from the machine itself.
  const { mediaDevices } = navigator as { mediaDevices?: MediaDevices }
  if (!mediaDevices) return { reason: 'insecure' }
  const audio = { ...processingFor(choice), ...(deviceId ? { deviceId: { ideal: deviceId } } : {}) }
  try {
    const stream = await mediaDevices.getUserMedia({ audio })
    const [track] = stream.getAudioTracks()
    return { stream, deviceId: track?.getSettings().deviceId ?? '' }
  } catch (error) {
    return { reason: (error instanceof DOMException && REASONS[error.name]) || 'failed' }
  }
}

/** Lets go of a microphone: the sign in the browser's tab goes off. */
export const closeMicrophone = (stream: MediaStream | undefined): void => {
  for (const track of stream?.getTracks() ?? []) track.stop()
}

/** Whether the page may not use the microphone any more, where the browser says so. */
export const isRefused = async (): Promise<boolean> => {
  const { permissions } = navigator as { permissions?: Permissions }
  const asked = permissions?.query({ name: 'microphone' })
  return (await asked?.catch(() => undefined))?.state === 'denied'
}

/** A device to hear with, or to speak into. */
export interface SoundDevice {
  readonly id: string
  readonly label: string
}

/** The microphones and, where a page may choose them, the outputs. Both are nameless before the microphone was allowed. */
export const listDevices = async (): Promise<{ inputs: SoundDevice[]; outputs: SoundDevice[] }> => {
  const { mediaDevices } = navigator as { mediaDevices?: MediaDevices }
  const all = (await mediaDevices?.enumerateDevices().catch(() => [])) ?? []
  const named = (kind: MediaDeviceKind): SoundDevice[] =>
    all
      .filter((device) => device.kind === kind && device.label !== '')
      .map(({ deviceId, label }) => ({ id: deviceId, label }))
  return { inputs: named('audioinput'), outputs: 'setSinkId' in AudioContext.prototype ? named('audiooutput') : [] }
}
