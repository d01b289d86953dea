import { checkNoise, isHeard, type SoundChoice } from './audio/echo.ts'
import { closeMicrophone, openMicrophone, type Microphone } from './audio/microphone.ts'
import type { Sound } from './audio/sound.ts'
import { encodeAll, LINE_RATE } from './audio/ulaw.ts'

const NOISE = LINE_RATE / 2
/** The longest way through the buffers of both sides. */
const WAY = LINE_RATE * 0.6
const NOISE_TAKES_MS = 3_000

/** Plays noise and gives what the microphone heard meanwhile. */
type Listen = (samples: number) => Promise<Float32Array>

/** Whether the last half second of what is played is heard by the microphone; undefined when the sound does not run. */
const hearsNoise = async (sound: Sound, listen: Listen, samples: number): Promise<boolean | undefined> => {
  const noise = checkNoise(samples)
  const heard = listen(samples + WAY)
  sound.send({ type: 'media', bytes: encodeAll(noise) })
  const late = new Promise<undefined>((resolve) => void setTimeout(resolve, NOISE_TAKES_MS, undefined))
  const recorded = await Promise.race([heard, late])
  return recorded && isHeard(noise.subarray(samples - NOISE), recorded.subarray(samples - NOISE))
}

/**
 * Finds out how a microphone can be used: with headphones it hears nothing of the noise; with loudspeakers the browser takes
 * the echo away, once it has adapted; where it does not, the two sides take turns. Gives the microphone that is then open;
 * no choice when nothing was recorded.
 */
export const checkDevice = async (
  sound: Sound,
  microphone: Extract<Microphone, { stream: MediaStream }>,
  listen: Listen,
): Promise<{ microphone: Microphone; choice: SoundChoice | undefined }> => {
  sound.send({ type: 'mute', isOn: true })
  try {
    const hears = await hearsNoise(sound, listen, NOISE)
    if (!hears) return { microphone, choice: hears === undefined ? undefined : 'headphones' }
    closeMicrophone(microphone.stream)
    const opened = await openMicrophone('speakers', microphone.deviceId)
    if ('reason' in opened) return { microphone: opened, choice: 'speakers' }
    sound.connect(opened.stream)
    return { microphone: opened, choice: (await hearsNoise(sound, listen, NOISE * 2)) ? 'takeTurns' : 'speakers' }
  } finally {
    sound.send({ type: 'mute', isOn: false })
  }
}
